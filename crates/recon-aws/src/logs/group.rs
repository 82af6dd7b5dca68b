//! `aws_cloudwatch_log_group`, its pure half: arguments, rules, names.

use std::sync::LazyLock;

use recon_core::resource_type::{Proposal, Refined, ResourceType};
use recon_core::schema::{
    Sameness, Schema, block, computed, defaulted, optional, optional_computed, required,
};
use recon_core::value::Name;
use recon_core::{Diagnostic, Number, Path, Type, Value};

use crate::iam::name;
use crate::rules::{self, Findings};

pub(crate) const KIND: &str = "aws_cloudwatch_log_group";
/// The class whose retention AWS alone decides.
pub(crate) const DELIVERY: &str = "DELIVERY";

const NAME_MAX: usize = 512;
/// What the generated suffix leaves of a name.
const PREFIX_MAX: usize = 483;
/// For how many days events may be kept; 0 is forever.
const RETENTION_DAYS: &[i64] = &[
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
    3653,
];

/// `aws_cloudwatch_log_group`
#[derive(Clone, Copy)]
pub(crate) struct LogGroup;

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let key = optional(Type::String, "ARN of the key that encrypts new events.");
    let retention = "For how many days events are kept; 0 is forever.";
    let attributes = [
        ("arn", computed(Type::String, "ARN of the group.")),
        ("id", optional_computed(Type::String, "Name of the group.")),
        ("kms_key_id", key.compared(Sameness::EmptyIsNull)),
        (
            "log_group_class",
            optional_computed(Type::String, "`STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`.").replaces(),
        ),
        ("name", optional_computed(Type::String, "Name of the group.").replaces()),
        ("name_prefix", optional_computed(Type::String, "Beginning of a generated name.").replaces()),
        ("retention_in_days", defaulted(Type::Number, Number::from(0), retention)),
        ("skip_destroy", defaulted(Type::Bool, false, "Whether the group stays when this block goes.")),
        ("tags", crate::tags::tags()),
        ("tags_all", crate::tags::tags_all()),
    ];
    Schema { version: 0, doc: "A group of log streams.", block: block(attributes, []) }
});

impl ResourceType for LogGroup {
    fn name(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        rules::not_both(&mut found, config, "name", "name_prefix");
        check_name(&mut found, config, "name", NAME_MAX);
        check_name(&mut found, config, "name_prefix", PREFIX_MAX);
        let classes = &["STANDARD", "INFREQUENT_ACCESS", DELIVERY];
        rules::one_of(&mut found, config, "log_group_class", classes);
        let days = config.get("retention_in_days").as_number();
        let is_allowed = |days: i64| RETENTION_DAYS.contains(&days);
        if days.is_some_and(|days| !days.as_i64().is_some_and(is_allowed)) {
            let list = RETENTION_DAYS.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
            rules::wrong(&mut found, "retention_in_days", format!("`retention_in_days` is one of {list}."));
        }
        found
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let planned = match crate::tags::planned(&proposal).and_then(|value| name::planned(&proposal, value))
        {
            Ok(planned) => planned,
            Err(question) => return Refined::Ask(question),
        };
        // What AWS decides is no change.
        let kept = proposal.prior.filter(|_| planned.str("log_group_class") == Some(DELIVERY));
        let planned = match kept {
            Some(prior) => planned.with("retention_in_days", prior.get("retention_in_days").clone()),
            None => planned,
        };
        Refined::Ready { planned, replace: Vec::new() }
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        Some(format!("logs:{}", value.str("name")?).into())
    }
}

fn check_name(found: &mut Findings, config: &Value, argument: &str, characters_max: usize) {
    let Some(text) = config.text(argument) else { return };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/#".contains(&byte);
    if text.len() > characters_max || !text.bytes().all(fits) {
        let detail = format!(
            "`{argument}` has at most {characters_max} letters, digits and the characters `.`, `-`, `_`, `/`, `#`."
        );
        rules::wrong(found, argument, detail);
    }
}

/// The schema of the data source's one argument and what it gives.
pub(super) fn data_schema() -> Schema {
    let given = |doc| computed(Type::String, doc);
    let attributes = [
        ("arn", given("ARN of the group.")),
        ("creation_time", computed(Type::Number, "When it was made, in milliseconds since 1970.")),
        ("id", given("Name of the group.")),
        ("kms_key_id", given("ARN of the key that encrypts new events.")),
        ("log_group_class", given("`STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`.")),
        ("name", required(Type::String, "Name of the group.")),
        ("retention_in_days", computed(Type::Number, "For how many days events are kept; 0 is forever.")),
        ("tags", optional_computed(Type::map(Type::String), "Tags of the group.")),
    ];
    Schema { version: 0, doc: "A group of log streams.", block: block(attributes, []) }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("/aws/lambda/f", 14, "STANDARD", 0; "as Lambda names them")]
    #[test_case("a b", 14, "STANDARD", 1; "a blank in the name")]
    #[test_case("a", 15, "STANDARD", 1; "a number of days there is not")]
    #[test_case("a", 0, "DELIVERY", 0; "kept as AWS decides")]
    #[test_case("a", 0, "standard", 1; "a class in lower case")]
    fn rules_of_log_groups(name: &str, days: i64, class: &str, errors: usize) {
        let config = Value::object([
            ("name", Value::from(name)),
            ("retention_in_days", Number::from(days).into()),
            ("log_group_class", class.into()),
        ]);
        assert_eq!(LogGroup.check(&config).len(), errors);
    }
}
