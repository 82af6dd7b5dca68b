//! Conversions between types: `tostring`, `tolist`, …

use recon_core::convert::convert;
use recon_core::{Data, Type, Value};

use super::{Function, Outcome, Parameter, Returns, any, argument, pure};

const V: &[Parameter] = &[any("v").nullable().unknown_anywhere().marked().of_open_type()];

pub(super) static FUNCTIONS: &[Function] = &[
    pure("tostring", V, Returns::String, |a| to(&a[0], &Type::String)),
    pure("tonumber", V, Returns::Number, |a| to(&a[0], &Type::Number)),
    pure("tobool", V, Returns::Bool, |a| to(&a[0], &Type::Bool)),
    pure("tolist", V, Returns::Decided(super::open), |a| to(&a[0], &Type::list(Type::Any))),
    pure("toset", V, Returns::Decided(super::open), |a| to(&a[0], &Type::set(Type::Any))),
    pure("tomap", V, Returns::Decided(super::open), |a| to(&a[0], &Type::map(Type::Any))),
];

fn to(value: &Value, ty: &Type) -> Outcome {
    convert(value, ty).or_else(|mismatch| {
        let from = value.ty();
        let sensitive = value.deep_marks().is_sensitive();
        let message = match (&value.data, ty) {
            (Data::Tuple(_) | Data::Object(_), Type::List(_) | Type::Set(_) | Type::Map(_)) => {
                format!("cannot convert {} to {} of any single type: {}", from.friendly(), kind(ty), mismatch.full())
            }
            (Data::String(text), Type::Bool) if !sensitive => {
                format!("cannot convert {text:?} to bool; only the strings \"true\" or \"false\" are allowed")
            }
            (Data::String(text), Type::Number) if !sensitive => {
                format!("cannot convert {text:?} to number; given string must be a decimal representation of a number")
            }
            (Data::String(_), Type::Bool) => {
                "cannot convert this sensitive string to bool; only the strings \"true\" or \"false\" are allowed".to_owned()
            }
            (Data::String(_), Type::Number) => {
                "cannot convert this sensitive string to number".to_owned()
            }
            _ => format!("cannot convert {} to {}", from.friendly(), kind(ty)),
        };
        argument(0, message)
    })
}

fn kind(ty: &Type) -> String {
    match ty {
        Type::List(_) => "list".to_owned(),
        Type::Set(_) => "set".to_owned(),
        Type::Map(_) => "map".to_owned(),
        other => other.friendly(),
    }
}
