//! API Gateway: resource types and data sources.

use crate::live::{Registered, RegisteredData};

/// The resource types of API Gateway.
pub(crate) fn resource_types() -> Vec<Registered> {
    Vec::new()
}

/// The data sources of API Gateway.
pub(crate) fn data_sources() -> Vec<RegisteredData> {
    Vec::new()
}
