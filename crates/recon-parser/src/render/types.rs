//! Types as the console's `type` shows them.

use recon_core::Type;

/// The type as the console shows it, with one attribute or element to a line.
pub fn ty(ty: &Type) -> String {
    let mut text = String::new();
    write(ty, 0, &mut text);
    text
}

fn write(ty: &Type, indent: usize, text: &mut String) {
    match ty {
        Type::Any | Type::Bool | Type::Number | Type::String => text.push_str(&ty.friendly()),
        Type::Object(attributes) if attributes.is_empty() => text.push_str("object({})"),
        Type::Object(attributes) => {
            text.push_str("object({\n");
            for (name, attribute) in &**attributes {
                start(indent + 1, text);
                text.push_str(name);
                text.push_str(": ");
                write(attribute, indent + 1, text);
                text.push_str(",\n");
            }
            start(indent, text);
            text.push_str("})");
        }
        Type::Tuple(items) if items.is_empty() => text.push_str("tuple([])"),
        Type::Tuple(items) => {
            text.push_str("tuple([\n");
            for item in &**items {
                start(indent + 1, text);
                write(item, indent + 1, text);
                text.push_str(",\n");
            }
            start(indent, text);
            text.push_str("])");
        }
        Type::List(element) => collection("list(", element, indent, text),
        Type::Set(element) => collection("set(", element, indent, text),
        Type::Map(element) => collection("map(", element, indent, text),
    }
}

/// A collection of what itself takes several lines has it on lines of its own.
fn collection(open: &str, element: &Type, indent: usize, text: &mut String) {
    text.push_str(open);
    if matches!(element, Type::Object(_) | Type::Tuple(_)) {
        text.push('\n');
        start(indent + 1, text);
        write(element, indent + 1, text);
        text.push_str(",\n");
        start(indent, text);
    } else {
        write(element, indent, text);
    }
    text.push(')');
}

fn start(indent: usize, text: &mut String) {
    text.push_str(&"    ".repeat(indent));
}
