//! The nouns of recon: addresses, values, types, schemas, changes, plans, states, diagnostics.
//!
//! Nothing here reads a file, a clock or the network. Every other crate speaks in these types.

pub mod address;
pub mod change;
pub mod convert;
pub mod diagnostic;
pub mod discovery;
mod identity;
pub mod json;
mod marks;
pub mod needs;
pub mod number;
pub mod path;
pub mod plan;
pub mod provider;
pub mod quota;
pub mod resource_type;
pub mod sameness;
pub mod schema;
pub mod secrets;
mod set;
pub mod source;
pub mod state;
pub mod together;
pub mod types;
mod unify;
pub mod unknown;
pub mod value;

pub use address::{Address, Key, ModulePath, ResourceAddress, ResourceMode};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use identity::Identity;
pub use number::Number;
pub use path::Path;
pub use source::{FileId, SourceMap, Span};
pub use types::Type;
pub use unknown::{Known, Unknown};
pub use value::{Data, Marks, Name, Value};
