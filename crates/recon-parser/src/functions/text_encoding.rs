//! Character encodings by their registered names.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::Refusal;

const BYTE_ORDER_MARK: u16 = 0xfeff;

/// How names begin that the web uses and the registry does not have.
const UNREGISTERED: [&str; 10] =
    ["cp125", "dos-874", "gb_2312", "iso8", "koi8_", "ksc5601", "sjis", "unicode", "utf8", "x-"];

/// Names that the web takes for an encoding, and that the registry has for another one or not at all.
const OTHERS: [&str; 32] = [
    "ascii",
    "big5-hkscs",
    "cswindows31j",
    "windows-31j",
    "windows-949",
    "chinese",
    "cn-big5",
    "csgb2312",
    "csiso58gb231280",
    "csisolatin9",
    "csksc56011987",
    "csunicode",
    "gb2312",
    "iso-10646-ucs-2",
    "iso-8859-11",
    "iso-ir-149",
    "iso-ir-58",
    "koi",
    "koi8",
    "koi8-ru",
    "korean",
    "ks_c_5601-1987",
    "ks_c_5601-1989",
    "ksc_5601",
    "l9",
    "logical",
    "ms932",
    "shift-jis",
    "sun_eu_greek",
    "tis-620",
    "ucs-2",
    "visual",
];

/// The names of the encoding that has no more than 128 characters.
const ASCII: [&str; 9] = [
    "us-ascii",
    "us",
    "ansi_x3.4-1968",
    "ansi_x3.4-1986",
    "iso_646.irv:1991",
    "iso646-us",
    "ibm367",
    "cp367",
    "csascii",
];

/// The names of the encodings of ISO's that the web takes for Microsoft's.
const LATIN: [&str; 16] = [
    "iso-8859-1",
    "iso_8859-1",
    "iso_8859-1:1987",
    "iso-ir-100",
    "latin1",
    "l1",
    "ibm819",
    "cp819",
    "csisolatin1",
    "iso-8859-9",
    "iso_8859-9",
    "iso_8859-9:1989",
    "iso-ir-148",
    "latin5",
    "l5",
    "csisolatin5",
];

/// The control characters beyond ASCII.
const CONTROLS: RangeInclusive<u32> = 0x80..=0x9f;

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
    let is_registered =
        !UNREGISTERED.iter().any(|prefix| lower.starts_with(prefix)) && !OTHERS.contains(&lower.as_str());
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
    let bytes = match is_latin(name) {
        true => latin(text, encoding),
        false if is_ascii(name) => text.is_ascii().then(|| bytes.into_owned()),
        false if lossy => with_all_characters(text, encoding),
        false => Some(bytes.into_owned()),
    };
    bytes.ok_or_else(|| {
        Refusal::of(0, format!("the given string contains characters that cannot be represented in {name}"))
    })
}

/// Whether the name is one of ISO's that the web takes for Microsoft's superset: those have control characters where
/// Microsoft has typographic ones.
fn is_latin(name: &str) -> bool {
    LATIN.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Text in an encoding of ISO's, from Microsoft's superset.
fn latin(text: &str, superset: &'static Encoding) -> Option<Vec<u8>> {
    text.chars().map(|letter| latin_byte(letter, superset)).collect()
}

fn latin_byte(letter: char, superset: &'static Encoding) -> Option<u8> {
    let code = u32::from(letter);
    if CONTROLS.contains(&code) {
        return u8::try_from(code).ok();
    }
    let mut buffer = [0; 4];
    let (bytes, _, lossy) = superset.encode(letter.encode_utf8(&mut buffer));
    let byte = bytes.first().copied().filter(|byte| !lossy && !CONTROLS.contains(&u32::from(*byte)))?;
    Some(byte)
}

fn latin_letter(byte: u8, superset: &'static Encoding) -> Option<String> {
    if CONTROLS.contains(&u32::from(byte)) {
        return Some(char::from(byte).to_string());
    }
    let letter = superset.decode_without_bom_handling_and_without_replacement(&[byte])?.into_owned();
    Some(letter)
}

/// Text in an encoding with characters that the web reads and does not write.
fn with_all_characters(text: &str, encoding: &'static Encoding) -> Option<Vec<u8>> {
    let unwritten = match encoding.name() {
        "EUC-JP" => &*EUC_JP,
        "Big5" => &*BIG5,
        _ => return None,
    };
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        let mut buffer = [0; 4];
        let (written, _, lossy) = encoding.encode(letter.encode_utf8(&mut buffer));
        bytes.extend_from_slice(if lossy { unwritten.get(&letter)? } else { &written });
    }
    Some(bytes)
}

/// The supplementary characters, which take three bytes.
static EUC_JP: LazyLock<BTreeMap<char, Vec<u8>>> = LazyLock::new(|| {
    let rows = 0xa1..=0xfe;
    let codes = rows.clone().flat_map(|row| rows.clone().map(move |cell| vec![0x8f, row, cell]));
    read_back(codes, encoding_rs::EUC_JP)
});

/// With the characters of Hong Kong.
static BIG5: LazyLock<BTreeMap<char, Vec<u8>>> = LazyLock::new(|| {
    let cells = || (0x40..=0x7e).chain(0xa1..=0xfe);
    let codes = (0x81..=0xfe).flat_map(|lead| cells().map(move |trail| vec![lead, trail]));
    read_back(codes, encoding_rs::BIG5)
});

/// What each code stands for, from the character to the code.
fn read_back(codes: impl Iterator<Item = Vec<u8>>, encoding: &'static Encoding) -> BTreeMap<char, Vec<u8>> {
    let mut codes_of = BTreeMap::new();
    for code in codes {
        let text = encoding.decode_without_bom_handling_and_without_replacement(&code);
        let mut letters = text.iter().flat_map(|text| text.chars());
        if let (Some(letter), None) = (letters.next(), letters.next()) {
            codes_of.entry(letter).or_insert(code);
        }
    }
    codes_of
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
    if is_latin(name) {
        let letters: Option<String> = bytes.iter().map(|byte| latin_letter(*byte, encoding)).collect();
        return letters
            .ok_or_else(|| Refusal::of(0, format!("the given value is not text encoded in {name}")));
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    #[test_case("é", "EUC-JP", Some(&[0x8f, 0xab, 0xb1]); "a supplementary character")]
    #[test_case("漢é", "EUC-JP", Some(&[0xb4, 0xc1, 0x8f, 0xab, 0xb1]))]
    #[test_case("é", "Big5", Some(&[0x88, 0x6d]); "a character of Hong Kong")]
    #[test_case("é", "latin1", Some(&[0xe9]))]
    #[test_case("€", "latin1", None; "what only Microsoft added")]
    #[test_case("€", "windows-1252", Some(&[0x80]))]
    #[test_case("ğ\u{85}", "ISO-8859-9", Some(&[0xf0, 0x85]))]
    #[test_case("a", "windows-31j", None; "a name that the registry has for no encoding here")]
    #[test_case("a", "gb2312", None; "a name that the web takes for another encoding")]
    #[test_case("é", "Shift_JIS", None)]
    fn text_in_encodings(text: &str, name: &str, expected: Option<&[u8]>) {
        let bytes = encode(text, name).ok();
        assert_eq!(bytes.as_deref(), expected);
        if let Some(bytes) = bytes {
            assert_eq!(decode(&bytes, name).ok().as_deref(), Some(text));
        }
    }
}
