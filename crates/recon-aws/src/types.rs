//! All resource types and data sources there are, service by service.

use crate::live::{Registered, RegisteredData};
use crate::{apigateway, data, iam, lambda, logs};

/// All resource types.
pub(crate) fn resource_types() -> Vec<Registered> {
    let mut all = lambda::resource_types();
    all.extend(iam::resource_types());
    all.extend(apigateway::resource_types());
    all.extend(logs::resource_types());
    all
}

/// All data sources.
pub(crate) fn data_sources() -> Vec<RegisteredData> {
    let mut all = data::data_sources();
    all.extend(apigateway::data_sources());
    all.extend(lambda::data_sources());
    all.extend(logs::data_sources());
    all
}
