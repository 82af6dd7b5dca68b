//! Writes found objects down as configuration. Pure.
//!
//! References take the place of what another object has, objects that are alike become one block, and what only
//! repeats a default is left out.

mod body;
mod expression;
mod heredoc;
mod locals;
mod merge;
mod naming;
mod references;
mod secrets;
mod siblings;
#[cfg(test)]
mod tests;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use recon_core::address::Key;
use recon_core::discovery::Found;
use recon_core::resource_type::Catalog;
use recon_core::schema::Sameness;
use recon_core::value::Name;
use recon_core::{Address, Known, ModulePath, ResourceAddress, ResourceMode, Value};

use self::expression::{Body, Expression, Item, Reference, Target};
use self::locals::Locals;
pub(crate) use self::naming::Taken;
use self::references::{Index, Object};
pub(crate) use self::secrets::Secret;
use self::secrets::Vault;
use self::siblings::{Draft, Family, Repetition};

/// What is around the objects to write.
pub(crate) struct Around<'a> {
    pub(crate) catalog: &'a Catalog,
    /// Blocks that are there already.
    pub(crate) taken: &'a Taken,
    /// Variables that are there already.
    pub(crate) variables: BTreeSet<Name>,
    /// Local values that are there already.
    pub(crate) locals: BTreeSet<Name>,
    /// Objects of the root module that are managed already.
    pub(crate) managed: &'a [(Address, Known)],
    /// Arguments of the provider's block; nothing where there is one already.
    pub(crate) provider: &'a [(&'static str, Value)],
    /// Whether the files that objects are made from are left to others.
    pub(crate) leaves_code: bool,
}

/// Objects as configuration.
pub(crate) struct Written {
    /// The text, not yet formatted.
    pub(crate) text: String,
    /// The same with a block for each object that says what it takes over.
    pub(crate) imports: String,
    /// The address of each object.
    pub(crate) addresses: Vec<Address>,
    /// What is not in it.
    pub(crate) secrets: Vec<Secret>,
}

impl Written {
    /// The values of the variables that stand for secrets, as a file of them.
    pub(crate) fn values(&self) -> String {
        let mut text = String::new();
        for Secret { variable, value } in &self.secrets {
            let value = text::quoted(value.as_str().unwrap_or_default());
            line(&mut text, &format!("{variable} = {value}"));
        }
        text
    }
}

/// Writes objects down.
pub(crate) fn write(found: &[Found], around: &Around<'_>) -> Written {
    let catalog = around.catalog;
    let new = found.iter().map(|one| (&*one.kind, &one.value));
    let managed = around.managed.iter().map(|(address, value)| (&**address.kind(), value));
    let objects: Vec<Object<'_>> = new
        .chain(managed)
        .map(|(kind, value)| Object { kind, value, manner: catalog.manner(kind) })
        .collect();
    let mut secrets = Vec::new();
    let mut vault = Vault { taken: around.variables.clone(), secrets: &mut secrets };
    let bodies = found.iter().map(|one| vault.without_secrets(plain(one, around), &one.name)).collect();
    let (bodies, needs) = Index::new(&objects).refer(bodies);
    let mut drafts = siblings::drafts(&Family { found, catalog, needs: &needs }, &bodies);
    let locals = Locals::of(&mut drafts, &around.locals);
    let names = naming::names(&drafts, found, around.taken);
    let blocks =
        drafts.iter().zip(&names).map(|(draft, name)| format!("{}.{name}", found[draft.members[0]].kind));
    let page =
        Page { found, around, blocks: blocks.collect(), addresses: addresses(&drafts, &names, found), names };
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    order.sort_by_key(|draft| drafts[*draft].members.iter().min().copied());
    let mut text = page.provider();
    locals.lines().for_each(|local| line(&mut text, &local));
    if !text.is_empty() {
        line(&mut text, "");
    }
    variables(&mut text, &secrets);
    let mut before = None;
    for number in order {
        // What is about one thing stands together.
        let topic = &found[drafts[number].members[0]].topic;
        if before.is_some_and(|before| before != topic) {
            line(&mut text, "");
        }
        page.block(&mut text, number, &drafts[number]);
        before = Some(topic);
    }
    let imports = imports(found, &page.addresses);
    Written { text, imports, addresses: page.addresses, secrets }
}

/// What an object's block says, without references.
fn plain(one: &Found, around: &Around<'_>) -> Body {
    let manner = around.catalog.manner(&one.kind);
    let Some(kind) = around.catalog.resource(&one.kind) else { return Body::new() };
    let mut body = body::body(one, kind.schema(), &manner);
    let Some(code) = manner.code.filter(|_| around.leaves_code) else { return body };
    if let Some(file) = (code.file)(&one.value) {
        body.push(Item::Argument(code.argument.to_owned(), Expression::literal(&file)));
        let left = code.left.iter().map(|argument| Expression::Word(argument)).collect();
        let ignored = Item::Argument("ignore_changes".to_owned(), Expression::List(left));
        body.push(Item::Block("lifecycle".to_owned(), vec![ignored]));
    }
    body.sort_by_key(|item| matches!(item, Item::Block(..)));
    body
}

fn addresses(drafts: &[Draft], names: &[Name], found: &[Found]) -> Vec<Address> {
    let mut by_object: BTreeMap<usize, Address> = BTreeMap::new();
    for (draft, name) in drafts.iter().zip(names) {
        let kind = found[draft.members[0]].kind.clone();
        let resource = ResourceAddress {
            module: ModulePath::root(),
            mode: ResourceMode::Managed,
            kind,
            name: name.clone(),
        };
        let resource = Arc::new(resource);
        for member in &draft.members {
            let key = (draft.repetition != Repetition::Once).then(|| Key::Text(found[*member].key.clone()));
            by_object.insert(*member, resource.instance(key));
        }
    }
    by_object.into_values().collect()
}

fn imports(found: &[Found], addresses: &[Address]) -> String {
    let mut text = String::new();
    for (one, address) in found.iter().zip(addresses) {
        let id = text::quoted(&one.id);
        line(&mut text, &format!("import {{\n  to = {address}\n  id = {id}\n}}\n"));
    }
    text
}

fn variables(text: &mut String, secrets: &[Secret]) {
    for Secret { variable, .. } in secrets {
        line(text, &format!("variable \"{variable}\" {{\n  type = string\n  sensitive = true\n}}"));
    }
    if !secrets.is_empty() {
        line(text, "");
    }
}

fn line(text: &mut String, line: &str) {
    let written = writeln!(text, "{line}");
    debug_assert!(written.is_ok(), "writing to a text cannot fail");
}

struct Page<'a> {
    found: &'a [Found],
    around: &'a Around<'a>,
    addresses: Vec<Address>,
    names: Vec<Name>,
    /// What a block is called by others.
    blocks: Vec<String>,
}

impl Page<'_> {
    fn provider(&self) -> String {
        let mut text = String::new();
        if self.around.provider.is_empty() {
            return text;
        }
        let arguments = self.around.provider.iter().map(|(name, value)| {
            Item::Argument((*name).to_owned(), body::expression(value, Sameness::Exact))
        });
        let body: Body = arguments.collect();
        let inside = text::body(&body, 1, &|_| String::new());
        let inside = if text::is_short(&body, &inside) {
            format!(" {} ", inside.trim())
        } else {
            format!("\n{inside}")
        };
        line(&mut text, &format!("provider \"aws\" {{{inside}}}"));
        text
    }

    fn block(&self, text: &mut String, number: usize, draft: &Draft) {
        let keys: BTreeSet<&str> = draft.members.iter().map(|member| &*self.found[*member].key).collect();
        let spell = |reference: &Reference| self.spell(reference);
        let for_each = match &draft.repetition {
            Repetition::Once => None,
            // A set has no order of its own.
            Repetition::Keys => {
                let keys: Vec<String> = keys.into_iter().map(text::quoted).collect();
                Some(format!("toset([{}])", keys.join(", ")))
            }
            Repetition::Values(values) => {
                Some(text::expression(&Expression::Map(values.clone()), 1, 13, &spell))
            }
            Repetition::Objects(objects) => {
                let entries = objects.iter().map(|(key, object)| {
                    let reference = Reference { to: Target::Object(*object), attribute: "" };
                    Expression::entry(key, Expression::Attribute(reference))
                });
                Some(text::expression(&Expression::Map(entries.collect()), 1, 13, &spell))
            }
            Repetition::Chain(other) => Some(self.blocks[*other].clone()),
        };
        let head = for_each.map(|value| format!("  for_each = {value}\n")).unwrap_or_default();
        let inside = text::body(&draft.body, 1, &spell);
        let (kind, name) = (&self.found[draft.members[0]].kind, &self.names[number]);
        let is_short = head.is_empty() && text::is_short(&draft.body, &inside);
        let inside = if is_short { format!(" {} ", inside.trim()) } else { format!("\n{head}{inside}") };
        line(text, &format!("resource \"{kind}\" \"{name}\" {{{inside}}}"));
    }

    fn spell(&self, reference: &Reference) -> String {
        let address = self.address(reference.to);
        match reference.attribute {
            "" => address,
            attribute => format!("{address}.{attribute}"),
        }
    }

    fn address(&self, target: Target) -> String {
        match target {
            Target::Object(number) => {
                let managed = || &self.around.managed[number - self.found.len()].0;
                let address = self.addresses.get(number).unwrap_or_else(managed);
                address.to_string()
            }
            Target::Like(draft) => format!("{}[each.key]", self.blocks[draft]),
        }
    }
}
