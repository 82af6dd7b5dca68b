//! `formatdate`: the verbs of a date format.

use super::date::Timestamp;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The date in a format, or what is wrong with the format.
pub(super) fn format_date(format: &str, time: &Timestamp) -> Result<String, String> {
    let mut result = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (literal, after) = quoted(rest)?;
            result.push_str(&literal);
            rest = after;
            continue;
        }
        let length = rest.chars().take_while(|letter| *letter == first).count() * first.len_utf8();
        let (verb, after) = rest.split_at(length);
        if first.is_ascii_alphabetic() {
            result.push_str(&one(verb, time)?);
        } else {
            result.push_str(verb);
        }
        rest = after;
    }
    Ok(result)
}

/// Text in quotes, in which two quotes stand for one.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut literal = String::new();
    let mut rest = &text[1..];
    loop {
        let (before, after) = rest.split_once('\'').ok_or("unterminated literal '")?;
        literal.push_str(before);
        match after.strip_prefix('\'') {
            Some(more) => {
                literal.push('\'');
                rest = more;
            }
            // Nothing between two quotes stands for a quote.
            None if literal.is_empty() => return Ok(("'".to_owned(), after)),
            None => return Ok((literal, after)),
        }
    }
}

fn one(verb: &str, time: &Timestamp) -> Result<String, String> {
    let hour12 = match time.hour % 12 {
        0 => 12,
        hour => hour,
    };
    let name = |names: &'static [&'static str], index: usize| names.get(index).copied().unwrap_or_default();
    let month = name(&MONTHS, usize::try_from(time.month - 1).unwrap_or(0));
    let weekday = name(&WEEKDAYS, time.weekday());
    Ok(match verb {
        "YY" => format!("{:02}", time.year.rem_euclid(100)),
        "YYYY" => format!("{:04}", time.year),
        "M" => time.month.to_string(),
        "MM" => format!("{:02}", time.month),
        "MMM" => month[..3].to_owned(),
        "MMMM" => month.to_owned(),
        "D" => time.day.to_string(),
        "DD" => format!("{:02}", time.day),
        "EEE" => weekday[..3].to_owned(),
        "EEEE" => weekday.to_owned(),
        "h" => time.hour.to_string(),
        "hh" => format!("{:02}", time.hour),
        "H" => hour12.to_string(),
        "HH" => format!("{hour12:02}"),
        "AA" => if time.hour < 12 { "AM" } else { "PM" }.to_owned(),
        "aa" => if time.hour < 12 { "am" } else { "pm" }.to_owned(),
        "m" => time.minute.to_string(),
        "mm" => format!("{:02}", time.minute),
        "s" => time.second.to_string(),
        "ss" => format!("{:02}", time.second),
        "Z" => time.zone(":", "Z"),
        "ZZZ" => time.zone("", "UTC"),
        "ZZZZ" => time.zone("", "+0000"),
        "ZZZZZ" => time.zone(":", "+00:00"),
        other => return Err(unknown(other)),
    })
}

fn unknown(verb: &str) -> String {
    let valid = match verb.chars().next() {
        Some('Y') => "\"YY\" or \"YYYY\"",
        Some('M') => "\"M\", \"MM\", \"MMM\", or \"MMMM\"",
        Some('D') => "\"D\" or \"DD\"",
        Some('E') => "\"EEE\" or \"EEEE\"",
        Some('h') => "\"h\" or \"hh\"",
        Some('H') => "\"H\" or \"HH\"",
        Some('A') => "\"AA\"",
        Some('a') => "\"aa\"",
        Some('m') => "\"m\" or \"mm\"",
        Some('s') => "\"s\" or \"ss\"",
        Some('Z') => "\"Z\", \"ZZZ\", \"ZZZZ\", or \"ZZZZZ\"",
        _ => {
            return format!("invalid date format verb {verb:?}: a literal must be in single quotes");
        }
    };
    format!("invalid date format verb {verb:?}: must be {valid}")
}
