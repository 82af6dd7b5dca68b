//! Numbers as they are stored: by all their digits, so that what is read is equal to what was written.

use super::{NotANumber, Number};

impl Number {
    /// All digits, where [`Display`](std::fmt::Display) may show fewer.
    pub fn digits(&self) -> String {
        Self::plain(self.value().clone()).to_string()
    }

    /// Reads what [`digits`](Self::digits) wrote. A fraction that is exactly a float was one, and is shown as one.
    pub fn from_digits(text: &str) -> Result<Self, NotANumber> {
        let number: Self = text.parse()?;
        let float = if number.is_integer() { None } else { Self::exactly(number.as_f64()) };
        Ok(float.filter(|float| *float == number).unwrap_or(number))
    }
}

#[cfg(test)]
mod tests {
    use super::Number;
    use test_case::test_case;

    #[test_case(2_f64.sqrt(), "1.4142135623730951"; "a fraction")]
    #[test_case(-1e-3, "-0.001"; "a negative one")]
    #[test_case(2_f64.powi(70), "1180591620717411303424"; "a whole number, which may as well have been written so")]
    fn floats_come_back_as_they_were(float: f64, shown: &str) {
        let number = Number::exactly(float).unwrap();
        let read = Number::from_digits(&number.digits()).unwrap();
        assert_eq!(read, number);
        assert_eq!(read.to_string(), shown);
    }

    #[test_case("0.1")]
    #[test_case("1180591620717411303424.5")]
    #[test_case("0.3333333333333333333333333333333333")]
    fn decimals_stay_as_they_are(text: &str) {
        assert_eq!(Number::from_digits(text).unwrap().to_string(), text);
    }
}
