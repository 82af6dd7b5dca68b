//! `aws_iam_role_policy`: one inline policy of a role.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::resource_type::{Proposal, Refined, ResourceType};
use recon_core::sameness::same_policy;
use recon_core::schema::{Sameness, Schema, block, computed, optional_computed, required};
use recon_core::value::Name;
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::{changes, check, if_there, inline, key, name, reads, role_queue};
use crate::aws::Aws;
use crate::live::Live;
use crate::shape::merge;
use crate::snapshot::Snapshot;

const NAME_LENGTH_MAX: usize = 128;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let attributes = [
        ("id", computed(Type::String, "Name of the role and of the policy: `role:name`.")),
        ("name", optional_computed(Type::String, "Name of the policy; generated if absent.").replaces()),
        ("name_prefix", optional_computed(Type::String, "What a generated name begins with.").replaces()),
        ("policy", required(Type::String, "The policy, in JSON.").compared(Sameness::Policy)),
        ("role", required(Type::String, "Name of the role.").replaces()),
    ];
    Schema { version: 0, doc: "An inline policy of a role.", block: block(attributes, []) }
});

/// `aws_iam_role_policy`
#[derive(Clone, Copy)]
pub(crate) struct RolePolicy;

impl ResourceType for RolePolicy {
    fn name(&self) -> &'static str {
        "aws_iam_role_policy"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = check::names(config, NAME_LENGTH_MAX);
        found.extend(check::policy(config, "policy"));
        found.extend(check::name(config, "role", 64));
        found
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        match name::planned(&proposal, proposal.proposed.clone()) {
            Ok(planned) => Refined::Ready { planned, replace: Vec::new() },
            Err(question) => Refined::Ask(question),
        }
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        role_queue(value, "role")
    }
}

/// Role and name, remembered or from the id.
fn keys(have: &Known) -> (&str, &str) {
    have.str("id").and_then(|id| id.split_once(':')).unwrap_or_else(|| (key(have, "role"), key(have, "name")))
}

fn complete(have: &Known, role: &str, name: &str) -> Known {
    let given = [
        ("id", Value::from(format!("{role}:{name}"))),
        ("role", Value::from(role)),
        ("name", Value::from(name)),
        ("name_prefix", Value::from(name::prefix_of(name))),
    ];
    merge(have.clone(), given)
}

#[async_trait]
impl Live for RolePolicy {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let (role, name) = keys(have);
        let policy = reads::inline_policy(aws, snapshot, role, name).await?;
        Ok(policy.map(|policy| merge(complete(have, role, name), [("policy", Value::from(policy))])))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let (role, name) = (key(want, "role"), name::chosen(want));
        inline::put(aws, role, &name, key(want, "policy")).await?;
        Ok(complete(want, role, &name))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let (role, name) = keys(have);
        if changes(have, want, "policy") {
            inline::put(aws, role, name, key(want, "policy")).await?;
        }
        Ok(want.clone())
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let (role, name) = keys(have);
        inline::delete(aws, role, name).await
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        if id.split_once(':').is_none_or(|(role, name)| role.is_empty() || name.is_empty()) {
            let message = format!("the id `{id}` is not of the form `role:name`");
            return Err(ProviderError::new(ErrorKind::Invalid, "import", message)
                .with_help("Give the id as the name of the role, a colon, and the name of the policy."));
        }
        self.read(aws, snapshot, &merge(crate::shape::empty(&SCHEMA), [("id", Value::from(id))])).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let role = key(want, "role");
        let names = match want.text("name") {
            Some(name) => vec![name.to_owned()],
            None => if_there(reads::list_inline_names(aws, role).await)?.unwrap_or_default(),
        };
        let mut found = Vec::new();
        for name in names.into_iter().filter(|name| name::could_be(name, want, since_ms)) {
            let live = if_there(reads::get_inline_policy(aws, role, &name).await)?;
            // Another policy was there before: the create did not come that far, and will overwrite it.
            if live.is_some_and(|live| same_policy(&live, key(want, "policy"))) {
                found.push(complete(want, role, &name));
            }
        }
        Ok(found)
    }

    async fn answer(&self, _aws: &Aws, _question: &Known) -> Result<Known, ProviderError> {
        Ok(name::answer())
    }
}
