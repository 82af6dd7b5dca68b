//! Functions on numbers.

use bigdecimal::{BigDecimal, RoundingMode};
use num_bigint::BigInt;
use recon_core::{Number, Type, Value};

use super::{Function, Outcome, Parameter, Refusal, Returns, any, argument, number, pure, str_of};

/// The most digits that `parseint` reads.
const DIGITS_MAX: usize = 10_000;

const NUM: &[Parameter] = &[number("num")];

pub(super) static FUNCTIONS: &[Function] = &[
    pure("abs", NUM, Returns::Number, |a| {
        with(&a[0], |n| if *n < 0.into() { n.negated() } else { n.clone() })
    }),
    pure("ceil", NUM, Returns::Number, |a| with(&a[0], |n| rounded(n, RoundingMode::Ceiling))),
    pure("floor", NUM, Returns::Number, |a| with(&a[0], |n| rounded(n, RoundingMode::Floor))),
    pure("signum", NUM, Returns::Number, |a| {
        if a[0].as_i64().is_none() {
            return Err("value must be a whole number that fits 64 bits".into());
        }
        with(&a[0], |n| Number::from(n.sign() as i32))
    }),
    pure("log", &[number("num"), number("base")], Returns::Number, log),
    pure("pow", &[number("num"), number("power")], Returns::Number, pow),
    pure("max", &[], Returns::Number, max).and_any_number_of(number("numbers")),
    pure("min", &[], Returns::Number, min).and_any_number_of(number("numbers")),
    pure("parseint", &[any("number"), number("base")], Returns::Decided(parsed_type), parseint),
    pure("sum", &[any("list")], Returns::Decided(summed_type), sum),
];

fn with(value: &Value, compute: impl Fn(&Number) -> Number) -> Outcome {
    value.as_number().map(|number| compute(number).into()).ok_or_else(|| "a number is required".into())
}

fn rounded(number: &Number, mode: RoundingMode) -> Number {
    if number.is_infinite() {
        return number.clone();
    }
    Number::new(&number.decimal().with_scale_round(0, mode))
}

fn log(arguments: &[Value]) -> Outcome {
    let [number, base] = doubles(arguments)?;
    // Every C library rounds the last digit its own way; this is the way of the language.
    double(libm::log(number) / libm::log(base))
}

fn pow(arguments: &[Value]) -> Outcome {
    let [number, power] = doubles(arguments)?;
    double(super::power::power(number, power))
}

fn doubles(arguments: &[Value]) -> Result<[f64; 2], Refusal> {
    let doubles = [0, 1].map(|index| arguments[index].as_f64().unwrap_or(f64::NAN));
    if doubles.iter().all(|double| double.is_finite()) {
        return Ok(doubles);
    }
    Err("value must be a number that a float of 64 bits holds".into())
}

fn double(result: f64) -> Outcome {
    Number::exactly(result).map(Value::from).ok_or_else(|| "the result is not a number".into())
}

fn max(arguments: &[Value]) -> Outcome {
    let largest = arguments.iter().filter_map(Value::as_number).max();
    largest.map(|number| number.clone().into()).ok_or_else(|| "must pass at least one number".into())
}

fn min(arguments: &[Value]) -> Outcome {
    let smallest = arguments.iter().filter_map(Value::as_number).min();
    smallest.map(|number| number.clone().into()).ok_or_else(|| "must pass at least one number".into())
}

fn parsed_type(arguments: &[Value]) -> Result<Type, Refusal> {
    match arguments[0].ty() {
        Type::String => Ok(Type::Number),
        other => argument(0, format!("first argument must be a string, not {}", other.friendly())),
    }
}

fn parseint(arguments: &[Value]) -> Outcome {
    let text = str_of(&arguments[0]);
    let base = arguments[1].as_i64().and_then(|base| u32::try_from(base).ok());
    let Some(base) = base.filter(|base| (2..=62).contains(base)) else {
        return argument(1, "base must be a whole number between 2 and 62 inclusive");
    };
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let fits = (1..=DIGITS_MAX).contains(&digits.len());
    let parsed = if fits { digits_of(digits, base) } else { None };
    let Some(parsed) = parsed else {
        return argument(0, format!("cannot parse {text:?} as a base {base} integer"));
    };
    let signed = if negative { -parsed } else { parsed };
    Ok(Number::rounded(&BigDecimal::from(signed)).into())
}

/// Up to base 36 case does not matter; beyond that, upper case letters follow the lower case ones.
fn digits_of(digits: &str, base: u32) -> Option<BigInt> {
    digits.bytes().try_fold(BigInt::from(0), |sum, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'z' => digit - b'a' + 10,
            b'A'..=b'Z' if base <= 36 => digit - b'A' + 10,
            b'A'..=b'Z' => digit - b'A' + 36,
            _ => return None,
        };
        (u32::from(value) < base).then(|| sum * base + value)
    })
}

fn summed_type(arguments: &[Value]) -> Result<Type, Refusal> {
    match arguments[0].ty() {
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => Ok(Type::Number),
        other => argument(0, format!("argument must be list, set, or tuple. Received {}", other.friendly())),
    }
}

fn sum(arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    let mut total: Option<Number> = None;
    for item in list.items() {
        if item.is_null() {
            return argument(0, "argument must be list, set, or tuple of number values, not null");
        }
        let item = recon_core::convert::convert(item, &Type::Number);
        let Some(number) = item.as_ref().ok().and_then(Value::as_number) else {
            return argument(0, "argument must be list, set, or tuple of number values");
        };
        total = Some(match &total {
            Some(total) => total.plus(number).map_err(|why| why.to_string())?,
            None => number.clone(),
        });
    }
    total.map_or_else(|| argument(0, "cannot sum an empty list"), |total| Ok(total.into()))
}
