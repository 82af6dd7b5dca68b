//! Deleting many objects in one call.

use super::{Place, object, xml};
use crate::wire::{Call, Outcome};
use crate::world::World;
use crate::xml::Xml;

pub(super) fn delete_many(world: &mut World, call: &Call, place: &Place) -> Outcome {
    let text = String::from_utf8_lossy(&call.body).into_owned();
    let quiet = text.contains("<Quiet>true</Quiet>");
    let mut ids = world.ids.clone();
    let bucket = world.s3.bucket(&place.bucket)?;
    let mut shown = Xml::new();
    for part in text.split("<Object>").skip(1) {
        let Some(key) = inside(part, "Key") else { continue };
        let version = inside(part, "VersionId");
        let gone = object::erase(bucket, &key, version.as_deref(), &mut ids, call.now_ms);
        if quiet {
            continue;
        }
        let mut deleted = Xml::new().text("Key", &key).maybe("VersionId", version.as_deref());
        if gone.marker {
            deleted =
                deleted.text("DeleteMarker", "true").maybe("DeleteMarkerVersionId", gone.version.as_deref());
        }
        shown = shown.nest("Deleted", &deleted);
    }
    world.ids = ids;
    Ok(xml("DeleteResult", shown))
}

fn inside(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (value, _) = rest.split_once("</")?;
    let plain = value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    Some(plain.replace("&apos;", "'").replace("&amp;", "&"))
}
