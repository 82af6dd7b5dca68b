//! CloudWatch Logs: log groups.

mod data;
pub(crate) mod discover;
pub(crate) mod group;
mod group_live;
mod reads;

use crate::live::{Registered, RegisteredData};

/// The resource types of CloudWatch Logs.
pub(crate) fn resource_types() -> Vec<Registered> {
    vec![Registered::of(group::LogGroup)]
}

/// The data sources of CloudWatch Logs.
pub(crate) fn data_sources() -> Vec<RegisteredData> {
    vec![RegisteredData::of(data::LogGroup)]
}
