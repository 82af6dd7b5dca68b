//! Version constraints: `>= 1.5, < 2.0`, `~> 5.31`.

/// A version: numbers, and what follows a `-` in a pre-release.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    numbers: Vec<u64>,
    pre_release: Option<String>,
}

/// A condition on versions.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bound {
    sign: Sign,
    version: Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    /// `~>`: the last number written may grow.
    Pessimistic,
}

/// Whether a version meets all constraints of a text; nothing where the text is not a list of constraints.
pub(super) fn allows(constraints: &str, version: &str) -> Option<bool> {
    let version = parse(version)?;
    let mut allowed = true;
    for part in constraints.split(',') {
        allowed &= bound(part.trim())?.allows(&version);
    }
    Some(allowed)
}

/// Whether a pre-release is compared with anything but itself, which has no clear meaning.
pub(super) fn compares_pre_release(constraints: &str) -> bool {
    let bounds = constraints.split(',').filter_map(|part| bound(part.trim()));
    bounds.into_iter().any(|bound| bound.sign != Sign::Equal && bound.version.pre_release.is_some())
}

fn bound(text: &str) -> Option<Bound> {
    let signs = [
        ("~>", Sign::Pessimistic),
        (">=", Sign::GreaterOrEqual),
        ("<=", Sign::LessOrEqual),
        ("!=", Sign::NotEqual),
        ("=", Sign::Equal),
        (">", Sign::Greater),
        ("<", Sign::Less),
    ];
    let found = signs.iter().find_map(|(sign, meaning)| Some((text.strip_prefix(sign)?, *meaning)));
    let (rest, sign) = found.unwrap_or((text, Sign::Equal));
    Some(Bound { sign, version: parse(rest.trim())? })
}

fn parse(text: &str) -> Option<Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let text = text.split('+').next().unwrap_or(text);
    let (numbers, pre_release) = match text.split_once('-') {
        Some((numbers, label)) => (numbers, Some(label.to_owned())),
        None => (text, None),
    };
    let numbers = numbers.split('.').map(|number| number.parse().ok()).collect::<Option<Vec<u64>>>()?;
    Some(Version { numbers, pre_release })
}

impl Bound {
    fn allows(&self, version: &Version) -> bool {
        let order = version.order(&self.version);
        match self.sign {
            Sign::Equal => order.is_eq(),
            Sign::NotEqual => order.is_ne(),
            Sign::Greater => order.is_gt(),
            Sign::GreaterOrEqual => order.is_ge(),
            Sign::Less => order.is_lt(),
            Sign::LessOrEqual => order.is_le(),
            Sign::Pessimistic => {
                let fixed = self.version.numbers.len().saturating_sub(1).max(1);
                let prefix = |numbers: &[u64]| {
                    (0..fixed).map(|at| numbers.get(at).copied().unwrap_or(0)).collect::<Vec<_>>()
                };
                order.is_ge()
                    && (self.version.numbers.len() == 1
                        || prefix(&version.numbers) == prefix(&self.version.numbers))
            }
        }
    }
}

impl Version {
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        let length = self.numbers.len().max(other.numbers.len());
        let at = |numbers: &[u64], index: usize| numbers.get(index).copied().unwrap_or(0);
        let numbers = (0..length)
            .map(|index| at(&self.numbers, index))
            .cmp((0..length).map(|index| at(&other.numbers, index)));
        numbers.then_with(|| match (&self.pre_release, &other.pre_release) {
            (None, None) => std::cmp::Ordering::Equal,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(_), None) => std::cmp::Ordering::Less,
            (Some(a), Some(b)) => a.cmp(b),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    #[test_case(">= 1.0", Some(true))]
    #[test_case(">= 1.0, < 1.11", Some(false))]
    #[test_case("~> 1.5", Some(true))]
    #[test_case("~> 1.11.0", Some(true))]
    #[test_case("~> 1.10.0", Some(false))]
    #[test_case("~> 1", Some(true))]
    #[test_case("1.11.4", Some(true))]
    #[test_case("= 1.11", Some(false))]
    #[test_case("!= 1.11.4", Some(false))]
    #[test_case(">= 1.12.0-beta1", Some(false))]
    #[test_case("latest", None)]
    #[test_case("", None)]
    #[test_case(">= 1.0,", None)]
    fn constraints_on_one_version(constraints: &str, allowed: Option<bool>) {
        assert_eq!(allows(constraints, "1.11.4"), allowed);
    }
}
