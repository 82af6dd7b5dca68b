//! The palette, and how text gets a colour. Whether colours reach the terminal is the Ui's business.

use std::fmt::Display;

use anstyle::{AnsiColor, Effects, Style};

/// What is made.
pub(crate) const ADD: Style = AnsiColor::Green.on_default();
/// What goes.
pub(crate) const REMOVE: Style = AnsiColor::Red.on_default();
/// What changes.
pub(crate) const CHANGE: Style = AnsiColor::Yellow.on_default();
/// What is only read.
pub(crate) const READ: Style = AnsiColor::Cyan.on_default();
/// What stands out.
pub(crate) const BOLD: Style = Style::new().effects(Effects::BOLD);
/// What stands back.
pub(crate) const DIM: Style = Style::new().effects(Effects::DIMMED);
/// What went wrong.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
/// What went well.
pub(crate) const DONE: Style = AnsiColor::Green.on_default().effects(Effects::BOLD);

/// The text in a style.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// `1 object`, `2 objects`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
