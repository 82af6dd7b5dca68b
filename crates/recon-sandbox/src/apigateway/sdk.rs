//! SDKs of a stage: an archive with the OpenAPI document a generator starts from.

use std::io::{Cursor, Write as _};

use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::export::{deployed, document};
use super::export_operation::Dialect;
use super::refuse::{bad_request, not_found};
use super::{rest_api, stage};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome};
use crate::world::World;

/// Every kind of SDK with its friendly name and the parameters it demands.
const TYPES: [(&str, &str, &[&str]); 6] = [
    ("android", "Android", &["groupId", "artifactId", "artifactVersion", "invokerPackage"]),
    (
        "java",
        "Java SDK",
        &[
            "service.name",
            "java.package-name",
            "java.build-system",
            "java.group-id",
            "java.artifact-id",
            "java.artifact-version",
        ],
    ),
    ("javascript", "JavaScript", &[]),
    ("objectivec", "iOS (Objective-C)", &["classPrefix"]),
    ("ruby", "Ruby", &["service.name"]),
    ("swift", "iOS (Swift)", &["classPrefix"]),
];

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::find(world, call, at.at(0)).ok_or_else(stage::no_stage)?;
    let (snapshot, about) = deployed(api, at.at(1))?;
    let kind = at.at(2);
    let Some((_, _, demanded)) = TYPES.iter().find(|(known, _, _)| *known == kind) else {
        return Err(bad_request(format!("Invalid SDK type specified: {kind}")));
    };
    let optional = kind == "java";
    if let Some(missing) = demanded.iter().find(|key| !optional && call.query_one(key).is_none()) {
        return Err(bad_request(format!("Missing required parameter: {missing}")));
    }
    let document = document(call, snapshot, about, Dialect::OpenApi);
    let text = serde_json::to_string_pretty(&document).unwrap_or_default();
    let archive =
        archive(kind, &text).map_err(|error| bad_request(format!("Unable to build SDK: {error}")))?;
    let name = format!("attachment; filename=\"{kind}_{}.zip\"", crate::time::iso(call.now_ms));
    Ok(Answer::bytes(200, "application/octet-stream", archive).with("Content-Disposition", name))
}

#[expect(clippy::unnecessary_wraps, reason = "handlers share one signature")]
pub(super) fn types(_: &mut World, _: &Call, _: &Captures) -> Outcome {
    let items: Vec<Value> = TYPES.iter().map(show).collect();
    Ok(Answer::json(200, &json!({ "item": items })))
}

pub(super) fn of_type(_: &mut World, _: &Call, at: &Captures) -> Outcome {
    let found = TYPES.iter().find(|(known, _, _)| *known == at.at(0));
    let kind = found.ok_or_else(|| not_found("Invalid SDK type identifier specified"))?;
    Ok(Answer::json(200, &show(kind)))
}

fn show((id, name, demanded): &(&str, &str, &[&str])) -> Value {
    let properties: Vec<Value> = demanded
        .iter()
        .map(|key| json!({ "name": key, "friendlyName": key, "required": *id != "java" }))
        .collect();
    let mut shown = json!({ "id": id, "friendlyName": name });
    if !properties.is_empty() {
        shown["configurationProperties"] = json!(properties);
    }
    shown
}

fn archive(kind: &str, document: &str) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("openapi.json", SimpleFileOptions::default())?;
    writer.write_all(document.as_bytes())?;
    writer.start_file("README.md", SimpleFileOptions::default())?;
    writeln!(writer, "# {kind} SDK\n\nGenerate the client from `openapi.json`.")?;
    Ok(writer.finish()?.into_inner())
}
