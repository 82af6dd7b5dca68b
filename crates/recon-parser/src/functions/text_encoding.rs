//! Character encodings by their registered names.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::Refusal;

const BYTE_ORDER_MARK: u16 = 0xfeff;

/// How names begin that the web uses and the registry does not have.
const UNREGISTERED: [&str; 10] =
    ["cp125", "dos-874", "gb_2312", "iso8", "koi8_", "ksc5601", "sjis", "unicode", "utf8", "x-"];

/// The names of the encoding that has no more than 128 characters.
const ASCII: [&str; 10] = [
    "us-ascii",
    "ascii",
    "us",
    "ansi_x3.4-1968",
    "ansi_x3.4-1986",
    "iso_646.irv:1991",
    "iso646-us",
    "ibm367",
    "cp367",
    "csascii",
];

fn is_ascii(name: &str) -> bool {
    ASCII.iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn by_name(name: &str) -> Result<&'static Encoding, Refusal> {
    let lower = name.to_ascii_lowercase();
    // The code pages that the registry calls by IBM's or Microsoft's number.
    let label = match lower.as_str() {
        "cp936" | "ms936" | "windows-936" => "gbk",
        "cp932" => "shift_jis",
        "cp949" | "windows-949" => "euc-kr",
        "cp950" => "big5",
        "cp866" | "ibm866" => "ibm866",
        "cp65001" => "utf-8",
        // Big-endian, with a mark that says so.
        "utf-16" => "utf-16be",
        name if is_ascii(name) => "us-ascii",
        other => other,
    };
    let is_registered = !UNREGISTERED.iter().any(|prefix| lower.starts_with(prefix));
    let known = Encoding::for_label_no_replacement(label.as_bytes()).filter(|_| is_registered);
    known.ok_or_else(|| Refusal::of(1, format!("{name:?} is not a supported character encoding")))
}

/// The bytes of text in an encoding.
pub(super) fn encode(text: &str, name: &str) -> Result<Vec<u8>, Refusal> {
    let encoding = by_name(name)?;
    if name.eq_ignore_ascii_case("utf-16") {
        let marked = std::iter::once(BYTE_ORDER_MARK).chain(text.encode_utf16());
        return Ok(marked.flat_map(u16::to_be_bytes).collect());
    }
    if encoding == UTF_16LE {
        return Ok(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    }
    if encoding == UTF_16BE {
        return Ok(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    }
    let (bytes, _, lossy) = encoding.encode(text);
    if lossy || (is_ascii(name) && !text.is_ascii()) {
        let message = format!("the given string contains characters that cannot be represented in {name}");
        return Err(Refusal::of(0, message));
    }
    Ok(bytes.into_owned())
}

/// The text that bytes are in an encoding.
pub(super) fn decode(bytes: &[u8], name: &str) -> Result<String, Refusal> {
    let encoding = match by_name(name)? {
        _ if name.eq_ignore_ascii_case("utf-16") => {
            Encoding::for_bom(bytes).map_or(UTF_16BE, |(found, _)| found)
        }
        encoding => encoding,
    };
    let bytes = if name.eq_ignore_ascii_case("utf-16") {
        bytes.strip_prefix(&[0xfe, 0xff]).or_else(|| bytes.strip_prefix(&[0xff, 0xfe])).unwrap_or(bytes)
    } else {
        bytes
    };
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    // Bytes that a code page leaves open decode to control characters, which no text means.
    let means_nothing = |c: char| ('\u{80}'..='\u{9f}').contains(&c) && encoding.is_single_byte();
    match text {
        _ if is_ascii(name) && !bytes.is_ascii() => {
            Err(Refusal::of(0, "the given value is not text encoded in US-ASCII"))
        }
        Some(text) if !text.contains(means_nothing) => Ok(text.into_owned()),
        _ => Err(Refusal::of(0, format!("the given value is not text encoded in {}", encoding.name()))),
    }
}
