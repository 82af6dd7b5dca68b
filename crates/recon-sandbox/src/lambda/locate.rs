//! Which function a call means: a name, a partial or a whole ARN, with or without a qualifier.

use super::Region;
use super::function::Function;
use super::refuse::{denied, invalid, no_function, not_found, validation};
use super::version::Version;
use crate::wire::{Call, Refusal};
use crate::world::{ACCOUNT, World, is_account};

const NAME_PATTERN: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?";

/// A function and, if one was given, a qualifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// The name of the function.
    pub name: String,
    /// A version, an alias, or `$LATEST`.
    pub qualifier: Option<String>,
    /// The region of the call.
    pub region: String,
}

/// What a qualifier means for one function.
pub(super) struct Resolved<'a> {
    /// The function.
    pub function: &'a Function,
    /// The version the qualifier leads to.
    pub version: &'a Version,
}

impl Target {
    /// Reads the target of a call from its path segment and its `Qualifier`.
    pub(super) fn of(call: &Call, segment: &str) -> Result<Self, Refusal> {
        let mut target = Self::parse(segment, &call.region)?;
        let Some(qualifier) = call.query_one("Qualifier").filter(|text| !text.is_empty()) else {
            return Ok(target);
        };
        check_qualifier(qualifier)?;
        if target.qualifier.as_deref().is_some_and(|known| known != qualifier) {
            let message =
                "The derived qualifier from the function name does not match the specified qualifier.";
            return Err(invalid(message));
        }
        target.qualifier = Some(qualifier.to_owned());
        Ok(target)
    }

    /// Reads a name, a partial or a whole ARN.
    pub(super) fn parse(text: &str, region: &str) -> Result<Self, Refusal> {
        let malformed = || {
            validation(format!(
                "Value '{text}' at 'functionName' failed to satisfy constraint: Member must satisfy regular \
                 expression pattern: {NAME_PATTERN}"
            ))
        };
        if text.len() > 170 {
            return Err(validation(format!(
                "Value '{text}' at 'functionName' failed to satisfy constraint: Member must have length less than or \
                 equal to 170"
            )));
        }
        let (place, rest) = place(text).ok_or_else(malformed)?;
        let (name, qualifier) = match rest.split_once(':') {
            Some((name, qualifier)) => (name, Some(qualifier)),
            None => (rest, None),
        };
        let plain_qualifier = |text: &str| text == "$LATEST" || plain(text);
        if !plain(name) || !qualifier.is_none_or(plain_qualifier) {
            return Err(malformed());
        }
        if let Some(other) = place.region.filter(|other| *other != region) {
            let message = format!("Functions from '{other}' are not reachable in this region ('{region}')");
            return Err(not_found(message));
        }
        if place.account.is_some_and(|account| account != ACCOUNT) {
            return Err(denied("Cross-account access is not allowed in the sandbox."));
        }
        Ok(Self { name: name.to_owned(), qualifier: qualifier.map(str::to_owned), region: region.to_owned() })
    }

    /// Returns the ARN without the qualifier.
    pub(super) fn function_arn(&self) -> String {
        arn(&self.region, &self.name)
    }

    /// Returns the ARN with the qualifier, if there is one.
    pub(super) fn arn(&self) -> String {
        match &self.qualifier {
            Some(qualifier) => format!("{}:{qualifier}", self.function_arn()),
            None => self.function_arn(),
        }
    }

    /// Returns the function.
    pub(super) fn function<'a>(&self, world: &'a World) -> Result<&'a Function, Refusal> {
        let region = world.lambda.regions.get(&self.region);
        region.and_then(|region| region.functions.get(&self.name)).ok_or_else(|| no_function(&self.arn()))
    }

    /// Returns the function, to change it.
    pub(super) fn function_mut<'a>(&self, world: &'a mut World) -> Result<&'a mut Function, Refusal> {
        self.region_mut(world).functions.get_mut(&self.name).ok_or_else(|| no_function(&self.arn()))
    }

    /// Returns the region, to change it.
    pub(super) fn region_mut<'a>(&self, world: &'a mut World) -> &'a mut Region {
        world.lambda.region(&self.region)
    }

    /// Returns what the qualifier leads to.
    pub(super) fn resolve<'a>(&self, world: &'a World) -> Result<Resolved<'a>, Refusal> {
        let function = self.function(world)?;
        let version = function.find(self.qualifier.as_deref()).ok_or_else(|| no_function(&self.arn()))?;
        Ok(Resolved { function, version })
    }

    /// Returns the qualifier as policies and configurations are kept by: empty without one.
    pub(super) fn key(&self) -> &str {
        self.qualifier.as_deref().unwrap_or_default()
    }

    /// Refuses a qualifier that names no version or alias, in the words of the operations that own per-qualifier data.
    pub(super) fn check_qualifier(&self, world: &World) -> Result<(), Refusal> {
        let function = self.function(world)?;
        if function.find(self.qualifier.as_deref()).is_some() {
            return Ok(());
        }
        if is_version(self.key()) {
            return Err(no_function(&self.arn()));
        }
        Err(not_found(format!("Cannot find alias arn: {}", self.arn())))
    }
}

/// Returns the ARN of a function.
pub(super) fn arn(region: &str, name: &str) -> String {
    format!("arn:aws:lambda:{region}:{ACCOUNT}:function:{name}")
}

/// Says whether a qualifier is spelled as a version number.
pub(super) fn is_version(qualifier: &str) -> bool {
    !qualifier.is_empty() && qualifier.bytes().all(|byte| byte.is_ascii_digit())
}

fn check_qualifier(qualifier: &str) -> Result<(), Refusal> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"$_-".contains(&byte);
    if qualifier.len() > 128 {
        return Err(validation(format!(
            "Value '{qualifier}' at 'qualifier' failed to satisfy constraint: Member must have length less than or \
             equal to 128"
        )));
    }
    if !qualifier.bytes().all(known) {
        return Err(validation(format!(
            "Value '{qualifier}' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression \
             pattern: (|[a-zA-Z0-9$_-]+)"
        )));
    }
    Ok(())
}

#[derive(Default)]
struct Place<'a> {
    region: Option<&'a str>,
    account: Option<&'a str>,
}

/// Splits `arn:aws:lambda:REGION:ACCOUNT:function:` or a part of it off the name.
fn place(text: &str) -> Option<(Place<'_>, &str)> {
    let whole = text.strip_prefix("arn:").map(|rest| rest.split_once(":lambda:"));
    let rest = match whole {
        Some(None) => return None,
        Some(Some((_, rest))) => {
            let (region, rest) = rest.split_once(':')?;
            let (account, rest) = rest.split_once(":function:")?;
            return is_account(account)
                .then_some((Place { region: Some(region), account: Some(account) }, rest));
        }
        None => text,
    };
    if let Some((account, name)) = rest.split_once(":function:") {
        return is_account(account).then_some((Place { account: Some(account), region: None }, name));
    }
    Some((Place::default(), rest.strip_prefix("function:").unwrap_or(rest)))
}

fn plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("f", "f", None; "name")]
    #[test_case("f:live", "f", Some("live"); "name and qualifier")]
    #[test_case("123456789012:function:f", "f", None; "partial arn")]
    #[test_case("arn:aws:lambda:us-east-1:123456789012:function:f", "f", None; "arn")]
    #[test_case("arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST", "f", Some("$LATEST"); "qualified arn")]
    fn every_spelling_is_understood(text: &str, name: &str, qualifier: Option<&str>) {
        let target = Target::parse(text, "us-east-1").unwrap();
        assert_eq!((target.name.as_str(), target.qualifier.as_deref()), (name, qualifier));
    }

    #[test_case("a b", "ValidationException"; "space")]
    #[test_case("", "ValidationException"; "empty")]
    #[test_case("arn:aws:lambda:eu-west-1:123456789012:function:f", "ResourceNotFoundException"; "other region")]
    #[test_case("arn:aws:lambda:us-east-1:210987654321:function:f", "AccessDeniedException"; "other account")]
    fn others_are_refused(text: &str, code: &str) {
        assert_eq!(Target::parse(text, "us-east-1").unwrap_err().code, code);
    }
}
