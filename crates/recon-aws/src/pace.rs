//! Whether and how fast calls are held to AWS's quotas: always at AWS, at other endpoints when asked for.

use recon_core::provider::{ErrorKind, ProviderError};

/// How calls are paced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pace {
    /// By the published quotas from the start.
    Published,
    /// By the published quotas with all times divided, as a sandbox can run them too.
    Faster(f64),
    /// Not until something is refused: an endpoint that is not AWS's has its own idea of quotas, mostly none.
    Learned,
}

impl Pace {
    /// By what the provider's block says (`asked`), else the environment's `RECON_QUOTAS` (`variable`), else by whose
    /// endpoint it is.
    pub(crate) fn of(
        asked: Option<bool>,
        variable: Option<&str>,
        is_custom_endpoint: bool,
    ) -> Result<Self, ProviderError> {
        let by_variable = variable.map(Self::parse).transpose()?;
        Ok(match (asked, by_variable) {
            (Some(true), Some(faster @ Self::Faster(_))) => faster,
            (Some(true), _) => Self::Published,
            (None, Some(pace)) => pace,
            (None, None) if !is_custom_endpoint => Self::Published,
            (Some(false), _) | (None, None) => Self::Learned,
        })
    }

    fn parse(text: &str) -> Result<Self, ProviderError> {
        let factor = text.strip_suffix('x').and_then(|number| number.parse::<f64>().ok());
        match (text, factor) {
            ("0" | "false", _) => Ok(Self::Learned),
            ("1" | "true", _) => Ok(Self::Published),
            (_, Some(factor)) if factor.is_finite() && factor > 0.0 => Ok(Self::Faster(factor)),
            _ => {
                let message = format!("the environment variable RECON_QUOTAS is {text:?}");
                Err(ProviderError::new(ErrorKind::Invalid, "configure provider aws", message).with_help(
                    "Set it to 1 to hold to AWS's quotas, to 0 not to, or to a factor such as 100x to hold to quotas that much higher.",
                ))
            }
        }
    }

    /// By how much faster than published; nothing where nobody knows the quotas.
    pub(crate) fn factor(self) -> Option<f64> {
        match self {
            Self::Faster(factor) => Some(factor),
            Self::Published => Some(1.0),
            Self::Learned => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case(None, None, false, Pace::Published; "aws")]
    #[test_case(None, None, true, Pace::Learned; "elsewhere")]
    #[test_case(Some(true), None, true, Pace::Published; "the block asks")]
    #[test_case(Some(false), Some("1"), false, Pace::Learned; "the block wins")]
    #[test_case(None, Some("1"), true, Pace::Published; "the environment asks")]
    #[test_case(None, Some("100x"), true, Pace::Faster(100.0); "faster")]
    #[test_case(Some(true), Some("2x"), true, Pace::Faster(2.0); "the block asks, the environment says how fast")]
    fn quotas_hold(asked: Option<bool>, variable: Option<&str>, custom: bool, pace: Pace) {
        assert_eq!(Pace::of(asked, variable, custom), Ok(pace));
    }

    #[test_case("yes")]
    #[test_case("0x")]
    #[test_case("-3x")]
    #[test_case("infx")]
    fn other_words_are_refused(text: &str) {
        assert!(Pace::of(None, Some(text), true).is_err());
    }
}
