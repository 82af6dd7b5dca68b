//! Data sources: who calls, where, policy documents, and what IAM has.

mod caller_identity;
mod document;
pub(crate) mod go_json;
mod iam_policy;
mod iam_role;
mod invocation;
mod partition;
mod policy_document;
mod region;
pub(crate) mod regions;
mod set_order;
mod statement;

use recon_core::Type;
use recon_core::schema::{Attribute, computed};

use crate::live::RegisteredData;

/// The data sources that stand for themselves.
pub(crate) fn data_sources() -> Vec<RegisteredData> {
    vec![
        RegisteredData::of(caller_identity::CallerIdentity),
        RegisteredData::of(region::Region),
        RegisteredData::of(partition::Partition),
        RegisteredData::of(policy_document::PolicyDocument),
        RegisteredData::of(iam_role::Role),
        RegisteredData::of(iam_policy::Policy),
        RegisteredData::of(invocation::Invocation),
    ]
}

/// A text that the provider says.
fn given(doc: &'static str) -> Attribute {
    computed(Type::String, doc)
}
