//! One instance's change: why, what, and the difference.

use anstyle::Style;
use recon_core::change::{Change, DeleteReason, ReplaceOrder, ReplaceReason, ResourceChange};
use recon_core::resource_type::Catalog;
use recon_core::schema::Block;
use recon_core::{Address, Key, Path, Value};

use super::diff::Place;
use super::object::{Parts, parts};
use super::text::{self, Unchanged};
use super::{quote, style};

/// The column in which an object's arguments have their sign.
const ARGUMENT_COLUMN: usize = 6;

/// A change as text, from its head line to the closing brace; nothing where there is nothing to see.
pub(crate) fn change(change: &ResourceChange, catalog: &Catalog) -> Option<String> {
    let moved = change.moved_from.is_some() || change.imported.is_some();
    if change.change.is_keep() && !moved {
        return None;
    }
    let replacing: &[Path] = match &change.change {
        Change::Replace { because: ReplaceReason::Arguments(paths), .. } => paths,
        _ => &[],
    };
    let mut out = head(change);
    if let Change::Forget { .. } = change.change {
        let (symbol, colour) = symbol(&change.change);
        put!(out, "{} {}\n", style::paint(colour, symbol), block_head(&change.address));
        return Some(out);
    }
    let before = change.change.before().map(|known| -> &Value { known });
    let after = match &change.change {
        Change::Keep { value } => Some(&**value),
        other => other.after(),
    };
    let schema = schema(catalog, &change.address);
    let (symbol, colour) = symbol(&change.change);
    put!(out, "{} {} {{\n", style::paint(colour, symbol), block_head(&change.address));
    // What is taken over was never seen before, so all of it is shown.
    let unchanged = if change.imported.is_some() { Unchanged::Shown } else { Unchanged::Hidden };
    let Parts { arguments, blocks } = parts(schema, before, after, &Place::root(replacing));
    out.push_str(&text::block(&arguments, &blocks, ARGUMENT_COLUMN, unchanged));
    out.push_str("    }\n");
    Some(out)
}

/// The inside of an object's difference.
pub(crate) fn body(schema: Option<&Block>, before: Option<&Value>, after: Option<&Value>) -> String {
    let Parts { arguments, blocks } = parts(schema, before, after, &Place::root(&[]));
    text::block(&arguments, &blocks, ARGUMENT_COLUMN, Unchanged::Hidden)
}

/// The schema of the type at an address.
pub(crate) fn schema<'a>(catalog: &'a Catalog, address: &Address) -> Option<&'a Block> {
    catalog.at(&address.resource).map(|kind| &kind.schema().block)
}

/// `resource "aws_lambda_alias" "prod"`
pub(crate) fn block_head(address: &Address) -> String {
    let word = if address.is_data() { "data" } else { "resource" };
    format!("{word} {} {}", quote::quoted(address.kind()), quote::quoted(&address.resource.name))
}

/// The sign of a change, right-aligned in three columns, with its colour.
pub(crate) fn symbol(change: &Change) -> (&'static str, Style) {
    match change {
        Change::Create { .. } => ("  +", style::ADD),
        Change::Update { .. } => ("  ~", style::CHANGE),
        Change::Replace { order: ReplaceOrder::DestroyFirst, .. } => ("-/+", style::CHANGE),
        Change::Replace { order: ReplaceOrder::CreateFirst, .. } => ("+/-", style::CHANGE),
        Change::Delete { .. } => ("  -", style::REMOVE),
        Change::Read { .. } => (" <=", style::READ),
        Change::Forget { .. } => ("  .", style::REMOVE),
        Change::Keep { .. } => ("   ", Style::new()),
    }
}

fn head(change: &ResourceChange) -> String {
    let address = quote::visible(&change.address.to_string());
    let whose = match &change.deposed {
        Some(key) => format!("{address} (deposed object {key})"),
        None => address,
    };
    let (does, reason) = sentence(change);
    let mut out = format!("  {}\n", style::paint(style::BOLD, format!("# {whose} {does}")));
    let mut remark = |text: String| put!(out, "  # ({text})\n");
    if let Some(reason) = reason {
        remark(reason);
    }
    if change.deposed.is_some() {
        remark("left over from a replacement that did not finish".to_owned());
    }
    if let Some(from) = change.moved_from.as_ref().filter(|_| !change.change.is_keep()) {
        remark(format!("moved from {}", quote::visible(&from.to_string())));
    }
    if let Some(id) = &change.imported {
        remark(format!("imported from {}", quote::quoted(id)));
    }
    out
}

/// What happens, in words, and why.
fn sentence(change: &ResourceChange) -> (String, Option<String>) {
    let text = |does: &str| does.to_owned();
    match &change.change {
        Change::Create { .. } => (text("will be created"), None),
        Change::Update { .. } => (text("will be updated in-place"), None),
        Change::Replace { because, .. } => replacement(because),
        Change::Delete { because, .. } => {
            (style::paint(style::REMOVE, "will be destroyed"), deletion(change, *because))
        }
        Change::Read { .. } => (
            text("will be read during apply"),
            Some(text("its arguments refer to values that are not known yet")),
        ),
        Change::Forget { .. } => (
            text("will no longer be managed by recon, but will not be destroyed"),
            Some(text("recon forgets it; the object stays as it is")),
        ),
        Change::Keep { .. } => match (&change.imported, &change.moved_from) {
            (Some(_), _) => (text("will be imported"), None),
            (None, Some(from)) => (format!("has moved from {}", quote::visible(&from.to_string())), None),
            (None, None) => (text("stays as it is"), None),
        },
    }
}

fn replacement(because: &ReplaceReason) -> (String, Option<String>) {
    let must = format!("must be {}", style::paint(style::REMOVE, "replaced"));
    match because {
        ReplaceReason::Arguments(_) => (must, None),
        ReplaceReason::Tainted => (format!("is tainted, so it {must}"), None),
        ReplaceReason::Requested => {
            (format!("will be {}, as requested", style::paint(style::REMOVE, "replaced")), None)
        }
        ReplaceReason::Triggered(by) => (
            format!("will be {}", style::paint(style::REMOVE, "replaced")),
            Some(format!("because {} changes", quote::visible(by))),
        ),
    }
}

fn deletion(change: &ResourceChange, because: DeleteReason) -> Option<String> {
    if change.deposed.is_some() {
        return Some("left over from a replacement that did not come to its end".to_owned());
    }
    match because {
        DeleteReason::Destroy => None,
        DeleteReason::NoBlock => Some(format!("because {} is not in configuration", change.address.resource)),
        DeleteReason::Declared => Some("because the configuration says so".to_owned()),
        DeleteReason::NoKey => Some(match &change.address.key {
            Some(key @ Key::Index(_)) => format!("because index {key} is out of range for count"),
            Some(key @ Key::Text(_)) => {
                format!("because key {} is not in for_each map", quote::visible(&key.to_string()))
            }
            None => "because the block now has count or for_each".to_owned(),
        }),
    }
}
