//! Turns what the other crates return into text or JSON. Nothing here prints.

/// Appends formatted text to a string, which cannot fail.
macro_rules! put {
    ($text:expr, $($what:tt)*) => {{
        use std::fmt::Write as _;
        let _: std::fmt::Result = ::std::write!($text, $($what)*);
    }};
}

pub(crate) mod change;
pub(crate) mod diagnostics;
pub(crate) mod diff;
pub(crate) mod docs;
pub(crate) mod generated;
pub(crate) mod json;
pub(crate) mod needs;
pub(crate) mod node;
pub(crate) mod object;
pub(crate) mod outputs;
pub(crate) mod plan;
pub(crate) mod quote;
pub(crate) mod report;
pub(crate) mod state;
pub(crate) mod step;
pub(crate) mod style;
pub(crate) mod text;

#[cfg(test)]
mod tests;
