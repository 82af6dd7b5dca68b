//! Functions on blocks of IP addresses.

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

fn block(arguments: &[Value]) -> Result<Block, Refusal> {
    Block::parse(str_of(&arguments[0]))
        .map_err(|why| Refusal::from(format!("invalid CIDR expression: {why}")))
}

fn whole_number(value: &Value) -> Result<i128, Refusal> {
    let number = value.as_number().and_then(whole);
    number.ok_or_else(|| Refusal::from("a whole number of at most 127 bits is required"))
}

fn cidrhost(arguments: &[Value]) -> Outcome {
    let block = block(arguments)?;
    let host = whole_number(&arguments[1])?;
    let open = block.open_bits();
    let refuse = || format!("prefix of {} does not accommodate a host numbered {host}", block.prefix);
    let largest = u128::MAX.checked_shr(128 - open).unwrap_or(0);
    // A negative number counts from the end.
    let offset =
        if host < 0 { largest.checked_sub(host.unsigned_abs() - 1) } else { Some(host.unsigned_abs()) };
    let offset = offset.filter(|offset| *offset <= largest).ok_or_else(refuse)?;
    Ok(block.address(block.base | offset).into())
}

fn cidrnetmask(arguments: &[Value]) -> Outcome {
    let block = block(arguments)?;
    if block.family == Family::V6 {
        return Err(format!("IPv6 addresses cannot have a netmask: {}", str_of(&arguments[0])).into());
    }
    let all = u128::from(u32::MAX);
    Ok(block.address(all.checked_shl(block.open_bits()).unwrap_or(0) & all).into())
}

fn cidrsubnet(arguments: &[Value]) -> Outcome {
    let block = block(arguments)?;
    let (bits, number) = (whole_number(&arguments[1])?, whole_number(&arguments[2])?);
    let new_bits = u32::try_from(bits).ok().filter(|bits| *bits <= block.open_bits());
    let new_bits = new_bits.ok_or_else(|| {
        format!("insufficient address space to extend prefix of {} by {bits}", block.prefix)
    })?;
    let largest = u128::MAX.checked_shr(128 - new_bits).unwrap_or(0);
    let network = u128::try_from(number).ok().filter(|number| *number <= largest);
    let network = network.ok_or_else(|| {
        format!("prefix extension of {bits} does not accommodate a subnet numbered {number}")
    })?;
    Ok(block.part(new_bits, network).to_string().into())
}

fn cidrsubnets(arguments: &[Value]) -> Outcome {
    let whole_block = block(arguments)?;
    let mut next = whole_block.base;
    let mut subnets = Vec::new();
    for (index, bits) in arguments.iter().enumerate().skip(1) {
        let bits = whole_number(bits)?;
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
