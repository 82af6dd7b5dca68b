//! A configuration in Terraform's JSON output format: which blocks there are, and what their arguments refer to.

use recon_core::ResourceMode;
use recon_core::resource_type::Catalog;
use recon_core::schema::{Block, Nesting};
use recon_core::value::Name;
use recon_parser::config::{Body, DependsOn, Module, ModuleCall, Output, Repetition, Resource, Variable};
use recon_parser::expression::Expression;
use recon_parser::reference::Target;
use serde_json::{Map, Value as Json, json};

use super::expression::{constant, expression};
use super::resource::provider_name;

/// The document's `configuration`.
pub(crate) fn configuration(root: &Module, catalog: &Catalog) -> Json {
    json!({ "provider_config": providers(root, catalog), "root_module": module(root, catalog) })
}

fn providers(root: &Module, catalog: &Catalog) -> Json {
    let mut found = Map::new();
    for (key, block) in &root.providers {
        let mut fields = Map::new();
        fields.insert("name".to_owned(), json!(&*key.name));
        fields.insert("full_name".to_owned(), json!(provider_name(&key.name)));
        if let Some(alias) = &key.alias {
            fields.insert("alias".to_owned(), json!(&**alias));
        }
        let requirement = root.required_providers.get(&key.name);
        if let Some(version) = requirement.and_then(|required| required.version.as_ref()) {
            fields.insert("version_constraint".to_owned(), json!(version));
        }
        let schema = catalog.provider(&key.name).map(|schema| &schema.block);
        put(&mut fields, "expressions", body(&block.body, schema));
        found.insert(key.to_string(), Json::Object(fields));
    }
    used(root, &mut found);
    Json::Object(found)
}

/// Providers without a block of their own.
fn used(module: &Module, found: &mut Map<String, Json>) {
    for resource in module.resources.values() {
        let name = &resource.provider.name;
        let entry = || json!({ "name": &**name, "full_name": provider_name(name) });
        found.entry(resource.provider.to_string()).or_insert_with(entry);
    }
    for call in module.calls.values() {
        used(&call.module, found);
    }
}

fn module(module: &Module, catalog: &Catalog) -> Json {
    let mut fields = Map::new();
    let outputs = module.outputs.iter().map(|(name, one)| (name.to_string(), output(one)));
    put(&mut fields, "outputs", outputs.collect());
    let managed = module.resources.values().filter(|one| one.mode == ResourceMode::Managed);
    let data = module.resources.values().filter(|one| one.mode == ResourceMode::Data);
    let resources: Vec<Json> = managed.chain(data).map(|one| resource(one, catalog)).collect();
    if !resources.is_empty() {
        fields.insert("resources".to_owned(), json!(resources));
    }
    let calls = module.calls.iter().map(|(name, one)| (name.to_string(), call(one, module, catalog)));
    put(&mut fields, "module_calls", calls.collect());
    let variables = module.variables.iter().map(|(name, one)| (name.to_string(), variable(one)));
    put(&mut fields, "variables", variables.collect());
    Json::Object(fields)
}

/// Adds entries unless there are none.
fn put(fields: &mut Map<String, Json>, name: &str, entries: Map<String, Json>) {
    if !entries.is_empty() {
        fields.insert(name.to_owned(), Json::Object(entries));
    }
}

fn put_dependencies(fields: &mut Map<String, Json>, depends_on: &[DependsOn]) {
    if !depends_on.is_empty() {
        let names: Vec<String> = depends_on.iter().map(|one| target(&one.target)).collect();
        fields.insert("depends_on".to_owned(), json!(names));
    }
}

fn put_description(fields: &mut Map<String, Json>, description: Option<&String>) {
    if let Some(text) = description {
        fields.insert("description".to_owned(), json!(text));
    }
}

fn put_repetition(fields: &mut Map<String, Json>, repetition: &Repetition) {
    let (name, value): (&str, &Expression) = match repetition {
        Repetition::Once => return,
        Repetition::Count(value) => ("count_expression", value),
        Repetition::ForEach(value) => ("for_each_expression", value),
    };
    let shown = expression(value);
    if shown != json!({}) {
        fields.insert(name.to_owned(), shown);
    }
}

fn output(one: &Output) -> Json {
    let mut fields = Map::new();
    if one.sensitive {
        fields.insert("sensitive".to_owned(), json!(true));
    }
    fields.insert("expression".to_owned(), expression(&one.value));
    put_description(&mut fields, one.description.as_ref());
    put_dependencies(&mut fields, &one.depends_on);
    Json::Object(fields)
}

fn variable(one: &Variable) -> Json {
    let mut fields = Map::new();
    if let Some(value) = one.default.as_ref().and_then(constant) {
        fields.insert("default".to_owned(), value);
    }
    put_description(&mut fields, one.description.as_ref());
    if one.sensitive {
        fields.insert("sensitive".to_owned(), json!(true));
    }
    Json::Object(fields)
}

fn resource(one: &Resource, catalog: &Catalog) -> Json {
    let Resource {
        mode,
        kind,
        name,
        span: _,
        body: arguments,
        repetition,
        depends_on,
        provider,
        lifecycle: _,
    } = one;
    let (mode, prefix, kind_of) = match mode {
        ResourceMode::Managed => ("managed", "", catalog.resource(kind)),
        ResourceMode::Data => ("data", "data.", catalog.data(kind)),
    };
    let schema = kind_of.map(recon_core::resource_type::ResourceType::schema);
    let mut fields = Map::new();
    fields.insert("address".to_owned(), json!(format!("{prefix}{kind}.{name}")));
    fields.insert("mode".to_owned(), json!(mode));
    fields.insert("type".to_owned(), json!(&**kind));
    fields.insert("name".to_owned(), json!(&**name));
    fields.insert("provider_config_key".to_owned(), json!(provider.to_string()));
    put(&mut fields, "expressions", body(arguments, schema.map(|schema| &schema.block)));
    fields.insert("schema_version".to_owned(), json!(schema.map_or(0, |schema| schema.version)));
    put_repetition(&mut fields, repetition);
    put_dependencies(&mut fields, depends_on);
    Json::Object(fields)
}

fn call(one: &ModuleCall, caller: &Module, catalog: &Catalog) -> Json {
    let ModuleCall { span: _, module: called, inputs, repetition, depends_on, providers: _ } = one;
    let mut fields = Map::new();
    fields.insert("source".to_owned(), json!(source(&caller.directory, &called.directory)));
    let inputs = inputs.iter().map(|(name, argument)| (name.to_string(), expression(&argument.value)));
    put(&mut fields, "expressions", inputs.collect());
    put_repetition(&mut fields, repetition);
    fields.insert("module".to_owned(), module(called, catalog));
    put_dependencies(&mut fields, depends_on);
    Json::Object(fields)
}

/// The directory of a module as its caller names it.
fn source(caller: &str, called: &str) -> String {
    let inside = called.strip_prefix(caller).and_then(|rest| rest.strip_prefix('/'));
    match inside {
        Some(inside) => format!("./{inside}"),
        None if called.starts_with("..") => called.to_owned(),
        None => format!("./{called}"),
    }
}

fn target(target: &Target) -> String {
    match target {
        Target::Variable(name) => format!("var.{name}"),
        Target::Local(name) => format!("local.{name}"),
        Target::Resource(ResourceMode::Managed, kind, name) => format!("{kind}.{name}"),
        Target::Resource(ResourceMode::Data, kind, name) => format!("data.{kind}.{name}"),
        Target::Module(name, None) => format!("module.{name}"),
        Target::Module(name, Some(output)) => format!("module.{name}.{output}"),
    }
}

/// The arguments and nested blocks of a body. Blocks that `dynamic` makes are in the planned values only.
fn body(body_of: &Body, schema: Option<&Block>) -> Map<String, Json> {
    let arguments = body_of.attributes.iter();
    let mut found: Map<String, Json> =
        arguments.map(|(name, argument)| (name.to_string(), expression(&argument.value))).collect();
    for nested in body_of.blocks.iter().filter(|nested| &*nested.name != "dynamic") {
        let known = schema.and_then(|schema| schema.blocks.get(&nested.name));
        let inside = Json::Object(body(&nested.body, known.map(|known| &known.block)));
        add(&mut found, &nested.name, inside, known.is_some_and(|known| known.nesting == Nesting::Single));
    }
    found
}

fn add(found: &mut Map<String, Json>, name: &Name, inside: Json, single: bool) {
    if single {
        found.insert(name.to_string(), inside);
        return;
    }
    let all = found.entry(name.to_string()).or_insert_with(|| json!([]));
    if let Json::Array(all) = all {
        all.push(inside);
    }
}
