//! Reads a line from the terminal without showing it.

use std::io::{self, Read};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// The longest line, in bytes.
const LINE_BYTES_MAX: usize = 64 * 1024;

const END_OF_TEXT: u8 = 3;
const END_OF_TRANSMISSION: u8 = 4;
const ERASE_LINE: u8 = 21;

/// Reads a line that is not shown; nothing where the input ends, or was interrupted.
///
/// The terminal hands over every key, an interrupt included, so that it always gets its own ways back.
pub(crate) fn read_line() -> Option<String> {
    let silence = Silence::begin().ok()?;
    let line = collect(io::stdin().lock().bytes());
    drop(silence);
    line
}

/// A line from single keys, with the keys that correct it.
fn collect(keys: impl Iterator<Item = io::Result<u8>>) -> Option<String> {
    let mut line: Vec<u8> = Vec::new();
    for key in keys {
        match key.ok()? {
            b'\n' | b'\r' => return String::from_utf8(line).ok(),
            END_OF_TEXT => return None,
            END_OF_TRANSMISSION if line.is_empty() => return None,
            END_OF_TRANSMISSION => {}
            ERASE_LINE => line.clear(),
            8 | 127 => erase(&mut line),
            other if line.len() < LINE_BYTES_MAX => line.push(other),
            _ => return None,
        }
    }
    None
}

/// Takes the last character away, all bytes of it.
fn erase(line: &mut Vec<u8>) {
    while line.pop().is_some_and(|byte| (0x80..0xc0).contains(&byte)) {}
}

/// A terminal that shows nothing until this is dropped.
struct Silence(Termios);

impl Silence {
    fn begin() -> rustix::io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        // A terminal that is gone needs no ways back.
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    #[test_case("secret\nrest", Some("secret"))]
    #[test_case("secret\r", Some("secret"); "carriage return")]
    #[test_case("sek\x7fcret\n", Some("secret"); "a key taken back")]
    #[test_case("é\x7fa\n", Some("a"); "a key of several bytes taken back")]
    #[test_case("\x7fa\n", Some("a"); "nothing to take back")]
    #[test_case("wrong\x15right\n", Some("right"); "a line taken back")]
    #[test_case("\n", Some(""); "an empty line")]
    #[test_case("sec\x03ret\n", None; "interrupted")]
    #[test_case("\x04", None; "ended")]
    #[test_case("secret", None; "cut off")]
    fn keys_become_a_line(keys: &str, line: Option<&str>) {
        assert_eq!(collect(keys.bytes().map(Ok)).as_deref(), line);
    }
}
