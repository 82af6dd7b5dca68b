//! Functions on blocks of IP addresses.

use bigdecimal::ToPrimitive;
use num_bigint::{BigInt, Sign};
use recon_core::{Type, Value};

use super::cidr_arithmetic::{Block, Family, whole};
use super::{Function, Outcome, Refusal, Returns, argument, number, pure, str_of, text};

pub(super) static FUNCTIONS: &[Function] = &[
    pure("cidrhost", &[text("prefix"), number("hostnum")], Returns::String, cidrhost),
    pure("cidrnetmask", &[text("prefix")], Returns::String, cidrnetmask),
    pure("cidrsubnet", &[text("prefix"), number("newbits"), number("netnum")], Returns::String, cidrsubnet),
    pure("cidrsubnets", &[text("prefix")], Returns::Strings, cidrsubnets)
        .and_any_number_of(number("newbits")),
];

/// The language looks for the place of the first subnet from the address before the block.
const UNSPLIT: &str = "a block that begins at the lowest address, or that is IPv4 inside of IPv6, cannot be split \
                       this way; use cidrsubnet for each part";

fn block(arguments: &[Value]) -> Result<Block, Refusal> {
    Block::parse(str_of(&arguments[0]))
        .map_err(|why| Refusal::from(format!("invalid CIDR expression: {why}")))
}

fn whole_number(value: &Value) -> Result<BigInt, Refusal> {
    let number = value.as_number().and_then(whole);
    number.ok_or_else(|| Refusal::from("a whole number is required"))
}

/// As many bits as a prefix may sensibly grow by, or shrink.
fn bits(value: &Value) -> Result<i32, Refusal> {
    let number = whole_number(value)?;
    number.to_i32().ok_or_else(|| Refusal::from("a whole number of at most 31 bits is required"))
}

/// The part of a number that the language compares with how much fits: what lies beyond it is not looked at.
fn low_bits(number: &BigInt) -> u64 {
    number.iter_u64_digits().next().unwrap_or(0)
}

fn cidrhost(arguments: &[Value]) -> Outcome {
    let block = block(arguments)?;
    let host = whole_number(&arguments[1])?;
    let refuse = || format!("prefix of {} does not accommodate a host numbered {host}", block.prefix);
    let largest = (BigInt::from(1) << block.open_bits()) - 1;
    // A negative number counts from the end.
    let (number, counted) = if host.sign() == Sign::Minus {
        let counted = -&host - 1;
        (&largest - &counted, counted)
    } else {
        (host.clone(), BigInt::from(low_bits(&host).cast_signed()))
    };
    if counted > largest {
        return Err(refuse().into());
    }
    // Of an IPv4 address inside of IPv6 the language counts from the front.
    let shift = if block.is_mapped() { 96 } else { 0 };
    let address = block.with(number, shift).ok_or_else(refuse)?;
    Ok(block.address(address).into())
}

fn cidrnetmask(arguments: &[Value]) -> Outcome {
    let block = block(arguments)?;
    if block.family == Family::V6 && !block.is_mapped() {
        return Err(format!("IPv6 addresses cannot have a netmask: {}", str_of(&arguments[0])).into());
    }
    let all = u128::MAX >> (128 - block.family.bits());
    Ok(block.address(all.checked_shl(block.open_bits()).unwrap_or(0) & all).into())
}

fn cidrsubnet(arguments: &[Value]) -> Outcome {
    let block = block(arguments)?;
    let (new_bits, number) = (bits(&arguments[1])?, whole_number(&arguments[2])?);
    let prefix = block.prefix.checked_add_signed(new_bits).filter(|prefix| *prefix <= block.family.bits());
    let prefix = prefix.ok_or_else(|| {
        format!("insufficient address space to extend prefix of {} by {new_bits}", block.prefix)
    })?;
    let refuse = || format!("prefix extension of {new_bits} does not accommodate a subnet numbered {number}");
    let largest = match u32::try_from(new_bits) {
        Ok(bits @ 0..64) => (1_u64 << bits) - 1,
        _ => u64::MAX,
    };
    if low_bits(&number) > largest {
        return Err(refuse().into());
    }
    let base = block.with(number.clone(), block.family.bits() - prefix).ok_or_else(refuse)?;
    Ok(Block { base, prefix, family: block.family }.to_string().into())
}

fn cidrsubnets(arguments: &[Value]) -> Outcome {
    let whole_block = block(arguments)?;
    if whole_block.base == 0 || whole_block.is_mapped() {
        return argument(0, UNSPLIT);
    }
    let mut next = whole_block.base;
    let mut subnets = Vec::new();
    for (index, bits) in arguments.iter().enumerate().skip(1) {
        let bits = self::bits(bits)?;
        let Some(bits) = u32::try_from(bits).ok().filter(|bits| *bits >= 1) else {
            return argument(index, "must extend prefix by at least one bit");
        };
        if bits > 32 {
            return argument(index, "may not extend prefix by more than 32 bits");
        }
        if bits > whole_block.open_bits() {
            let message = format!("not enough remaining address space for a subnet with {bits} new bits");
            return argument(index, message);
        }
        let subnet = whole_block.part(bits, 0);
        let size = 1_u128.checked_shl(subnet.open_bits()).unwrap_or(0);
        // Starts where the one before ends, at the next multiple of its own size.
        let start = next.checked_next_multiple_of(size.max(1));
        let last = whole_block.base | u128::MAX.checked_shr(128 - whole_block.open_bits()).unwrap_or(0);
        let fits = start.filter(|start| *start <= last && last - *start >= size - 1);
        let Some(start) = fits else {
            let message = format!(
                "not enough remaining address space for a subnet with a prefix of {} bits",
                subnet.prefix
            );
            return argument(index, message);
        };
        next = start.saturating_add(size);
        subnets.push(Value::from(Block { base: start, ..subnet }.to_string()));
    }
    Ok(Value::list(Type::String, subnets))
}

#[cfg(test)]
mod tests {
    use recon_core::{Number, Value};
    use test_case::test_case;

    use super::{cidrhost, cidrnetmask, cidrsubnet, cidrsubnets};

    fn shown(result: super::Outcome) -> String {
        match result {
            Ok(value) if value.as_str().is_some() => value.as_str().unwrap().to_owned(),
            Ok(value) => super::super::strings(&value).collect::<Vec<_>>().join(" "),
            Err(_) => "refused".to_owned(),
        }
    }

    fn number(text: &str) -> Value {
        match text.strip_prefix("2^") {
            Some(power) => Number::exactly(2_f64.powi(power.parse().unwrap())).unwrap().into(),
            None => text.parse::<Number>().unwrap().into(),
        }
    }

    #[test_case("::/0", "2^127", "8000::"; "a float, by all its digits")]
    #[test_case("::/0", "340282366920938463463374607431768211455", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    #[test_case("::/0", "-340282366920938463463374607431768211456", "::"; "the most from the end")]
    #[test_case("fe80::/64", "-18446744073709551617", "refused")]
    #[test_case("fe80::/64", "18446744073709551616", "fe80:0:0:1::"; "of which 64 bits count")]
    #[test_case("10.0.0.0/8", "18446744073709551616", "refused"; "of which 64 bits count, too long for the family")]
    #[test_case("10.0.0.0/8", "16777216", "refused")]
    #[test_case("10.0.0.0/8", "-1", "10.255.255.255")]
    #[test_case("::ffff:10.0.0.0/104", "5", "0:5::ffff:a00:0"; "IPv4 inside of IPv6")]
    #[test_case("::ffff:10.0.0.0/120", "-256", "10.0.0.0")]
    #[test_case("::00001/64", "5", "::5")]
    #[test_case("::01.2.3.4/120", "5", "::102:305")]
    fn hosts(prefix: &str, host: &str, expected: &str) {
        assert_eq!(shown(cidrhost(&[prefix.into(), number(host)])), expected);
    }

    #[test_case("10.0.0.0/8", "8", "2", "10.2.0.0/16")]
    #[test_case("10.0.0.0/8", "8", "256", "refused")]
    #[test_case("10.0.0.0/8", "-1", "0", "10.0.0.0/7"; "a shorter prefix")]
    #[test_case("10.0.0.0/8", "8", "-1", "0.1.0.0/16"; "a negative number")]
    #[test_case("10.0.0.0/8", "-9", "0", "refused")]
    #[test_case("10.0.0.0/8", "25", "0", "refused")]
    #[test_case("::/0", "128", "2^127", "8000::/128")]
    #[test_case("::/0", "128", "340282366920938463463374607431768211456", "refused")]
    #[test_case("::ffff:10.0.0.0/104", "8", "2", "10.2.0.0/16"; "IPv4 inside of IPv6")]
    fn subnets(prefix: &str, bits: &str, network: &str, expected: &str) {
        assert_eq!(shown(cidrsubnet(&[prefix.into(), number(bits), number(network)])), expected);
    }

    #[test_case("10.0.0.0/8", &["4", "4", "8"], "10.0.0.0/12 10.16.0.0/12 10.32.0.0/16")]
    #[test_case("255.255.255.0/24", &["1", "1"], "255.255.255.0/25 255.255.255.128/25")]
    #[test_case("0.0.0.0/0", &["1"], "refused"; "from the lowest address")]
    #[test_case("::ffff:10.0.0.0/104", &["8"], "refused"; "of IPv4 inside of IPv6")]
    fn consecutive_subnets(prefix: &str, bits: &[&str], expected: &str) {
        let arguments: Vec<_> =
            std::iter::once(prefix.into()).chain(bits.iter().map(|bits| number(bits))).collect();
        assert_eq!(shown(cidrsubnets(&arguments)), expected);
    }

    #[test_case("10.0.0.0/8", "255.0.0.0")]
    #[test_case("::ffff:10.0.0.0/104", "ffff:ffff:ffff:ffff:ffff:ffff:ff00:0")]
    #[test_case("::/0", "refused")]
    fn masks(prefix: &str, expected: &str) {
        assert_eq!(shown(cidrnetmask(&[prefix.into()])), expected);
    }
}
