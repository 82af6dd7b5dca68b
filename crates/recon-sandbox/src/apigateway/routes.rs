//! Every operation of the service with its method, path and handler.

use super::{
    access_association, account, api_key, authorizer, base_path_mapping, client_certificate, deployment,
    documentation_part, documentation_version, domain_name, export, gateway_response, import, integration,
    integration_response, method, method_response, model, request_validator, resource, rest_api, sdk, stage,
    tag, test_invoke, usage_plan, usage_plan_key, vpc_link,
};
use crate::route::{self, Captures, Route, route};
use crate::wire::Call;

/// Finds the operation of a call; a few share method and path and differ in the query.
pub(super) fn find(call: &Call) -> Option<(&'static Route, Captures)> {
    if call.query_one("mode") == Some("import")
        && let Some(found) = route::find(IMPORTS, call)
    {
        return Some(found);
    }
    route::find(ROUTES, call)
}

/// The operations that `mode=import` selects.
const IMPORTS: &[Route] = &[
    route("POST", "/restapis", "ImportRestApi", import::create),
    route("POST", "/apikeys", "ImportApiKeys", api_key::import),
];

const ROUTES: &[Route] = &[
    // REST APIs
    route("POST", "/restapis", "CreateRestApi", rest_api::create),
    route("GET", "/restapis", "GetRestApis", rest_api::list),
    route("GET", "/restapis/{}", "GetRestApi", rest_api::get),
    route("PATCH", "/restapis/{}", "UpdateRestApi", rest_api::update),
    route("DELETE", "/restapis/{}", "DeleteRestApi", rest_api::delete),
    // Resources
    route("GET", "/restapis/{}/resources", "GetResources", resource::list),
    route("POST", "/restapis/{}/resources/{}", "CreateResource", resource::create),
    route("GET", "/restapis/{}/resources/{}", "GetResource", resource::get),
    route("PATCH", "/restapis/{}/resources/{}", "UpdateResource", resource::update),
    route("DELETE", "/restapis/{}/resources/{}", "DeleteResource", resource::delete),
    // Methods
    route("PUT", "/restapis/{}/resources/{}/methods/{}", "PutMethod", method::put),
    route("GET", "/restapis/{}/resources/{}/methods/{}", "GetMethod", method::get),
    route("PATCH", "/restapis/{}/resources/{}/methods/{}", "UpdateMethod", method::update),
    route("DELETE", "/restapis/{}/resources/{}/methods/{}", "DeleteMethod", method::delete),
    route(
        "PUT",
        "/restapis/{}/resources/{}/methods/{}/responses/{}",
        "PutMethodResponse",
        method_response::put,
    ),
    route(
        "GET",
        "/restapis/{}/resources/{}/methods/{}/responses/{}",
        "GetMethodResponse",
        method_response::get,
    ),
    route(
        "PATCH",
        "/restapis/{}/resources/{}/methods/{}/responses/{}",
        "UpdateMethodResponse",
        method_response::update,
    ),
    route(
        "DELETE",
        "/restapis/{}/resources/{}/methods/{}/responses/{}",
        "DeleteMethodResponse",
        method_response::delete,
    ),
    // Integrations
    route("PUT", "/restapis/{}/resources/{}/methods/{}/integration", "PutIntegration", integration::put),
    route("GET", "/restapis/{}/resources/{}/methods/{}/integration", "GetIntegration", integration::get),
    route(
        "PATCH",
        "/restapis/{}/resources/{}/methods/{}/integration",
        "UpdateIntegration",
        integration::update,
    ),
    route(
        "DELETE",
        "/restapis/{}/resources/{}/methods/{}/integration",
        "DeleteIntegration",
        integration::delete,
    ),
    route(
        "PUT",
        "/restapis/{}/resources/{}/methods/{}/integration/responses/{}",
        "PutIntegrationResponse",
        integration_response::put,
    ),
    route(
        "GET",
        "/restapis/{}/resources/{}/methods/{}/integration/responses/{}",
        "GetIntegrationResponse",
        integration_response::get,
    ),
    route(
        "PATCH",
        "/restapis/{}/resources/{}/methods/{}/integration/responses/{}",
        "UpdateIntegrationResponse",
        integration_response::update,
    ),
    route(
        "DELETE",
        "/restapis/{}/resources/{}/methods/{}/integration/responses/{}",
        "DeleteIntegrationResponse",
        integration_response::delete,
    ),
    // Deployments and stages
    route("POST", "/restapis/{}/deployments", "CreateDeployment", deployment::create),
    route("GET", "/restapis/{}/deployments", "GetDeployments", deployment::list),
    route("GET", "/restapis/{}/deployments/{}", "GetDeployment", deployment::get),
    route("PATCH", "/restapis/{}/deployments/{}", "UpdateDeployment", deployment::update),
    route("DELETE", "/restapis/{}/deployments/{}", "DeleteDeployment", deployment::delete),
    route("POST", "/restapis/{}/stages", "CreateStage", stage::create),
    route("GET", "/restapis/{}/stages", "GetStages", stage::list),
    route("GET", "/restapis/{}/stages/{}", "GetStage", stage::get),
    route("PATCH", "/restapis/{}/stages/{}", "UpdateStage", stage::update),
    route("DELETE", "/restapis/{}/stages/{}", "DeleteStage", stage::delete),
    route("DELETE", "/restapis/{}/stages/{}/cache/data", "FlushStageCache", stage::flush),
    route("DELETE", "/restapis/{}/stages/{}/cache/authorizers", "FlushStageAuthorizersCache", stage::flush),
    route("GET", "/restapis/{}/stages/{}/exports/{}", "GetExport", export::get),
    route("GET", "/restapis/{}/stages/{}/sdks/{}", "GetSdk", sdk::get),
    route("GET", "/sdktypes", "GetSdkTypes", sdk::types),
    route("GET", "/sdktypes/{}", "GetSdkType", sdk::of_type),
    route("POST", "/restapis/{}/resources/{}/methods/{}", "TestInvokeMethod", test_invoke::method),
    route("POST", "/restapis/{}/authorizers/{}", "TestInvokeAuthorizer", test_invoke::authorizer),
    // Keys and plans
    route("POST", "/apikeys", "CreateApiKey", api_key::create),
    route("GET", "/apikeys", "GetApiKeys", api_key::list),
    route("GET", "/apikeys/{}", "GetApiKey", api_key::get),
    route("PATCH", "/apikeys/{}", "UpdateApiKey", api_key::update),
    route("DELETE", "/apikeys/{}", "DeleteApiKey", api_key::delete),
    route("POST", "/usageplans", "CreateUsagePlan", usage_plan::create),
    route("GET", "/usageplans", "GetUsagePlans", usage_plan::list),
    route("GET", "/usageplans/{}", "GetUsagePlan", usage_plan::get),
    route("PATCH", "/usageplans/{}", "UpdateUsagePlan", usage_plan::update),
    route("DELETE", "/usageplans/{}", "DeleteUsagePlan", usage_plan::delete),
    route("POST", "/usageplans/{}/keys", "CreateUsagePlanKey", usage_plan_key::create),
    route("GET", "/usageplans/{}/keys", "GetUsagePlanKeys", usage_plan_key::list),
    route("GET", "/usageplans/{}/keys/{}", "GetUsagePlanKey", usage_plan_key::get),
    route("DELETE", "/usageplans/{}/keys/{}", "DeleteUsagePlanKey", usage_plan_key::delete),
    route("GET", "/usageplans/{}/usage", "GetUsage", usage_plan_key::usage),
    route("PATCH", "/usageplans/{}/keys/{}/usage", "UpdateUsage", usage_plan_key::update_usage),
    // Models
    route("POST", "/restapis/{}/models", "CreateModel", model::create),
    route("GET", "/restapis/{}/models", "GetModels", model::list),
    route("GET", "/restapis/{}/models/{}", "GetModel", model::get),
    route("PATCH", "/restapis/{}/models/{}", "UpdateModel", model::update),
    route("DELETE", "/restapis/{}/models/{}", "DeleteModel", model::delete),
    route("GET", "/restapis/{}/models/{}/default_template", "GetModelTemplate", model::template),
    // What else belongs to an API
    route("PUT", "/restapis/{}", "PutRestApi", import::put),
    route("POST", "/restapis/{}/authorizers", "CreateAuthorizer", authorizer::create),
    route("GET", "/restapis/{}/authorizers", "GetAuthorizers", authorizer::list),
    route("GET", "/restapis/{}/authorizers/{}", "GetAuthorizer", authorizer::get),
    route("PATCH", "/restapis/{}/authorizers/{}", "UpdateAuthorizer", authorizer::update),
    route("DELETE", "/restapis/{}/authorizers/{}", "DeleteAuthorizer", authorizer::delete),
    route("POST", "/restapis/{}/requestvalidators", "CreateRequestValidator", request_validator::create),
    route("GET", "/restapis/{}/requestvalidators", "GetRequestValidators", request_validator::list),
    route("GET", "/restapis/{}/requestvalidators/{}", "GetRequestValidator", request_validator::get),
    route("PATCH", "/restapis/{}/requestvalidators/{}", "UpdateRequestValidator", request_validator::update),
    route("DELETE", "/restapis/{}/requestvalidators/{}", "DeleteRequestValidator", request_validator::delete),
    route("GET", "/restapis/{}/gatewayresponses", "GetGatewayResponses", gateway_response::list),
    route("PUT", "/restapis/{}/gatewayresponses/{}", "PutGatewayResponse", gateway_response::put),
    route("GET", "/restapis/{}/gatewayresponses/{}", "GetGatewayResponse", gateway_response::get),
    route("PATCH", "/restapis/{}/gatewayresponses/{}", "UpdateGatewayResponse", gateway_response::update),
    route("DELETE", "/restapis/{}/gatewayresponses/{}", "DeleteGatewayResponse", gateway_response::delete),
    route("POST", "/restapis/{}/documentation/parts", "CreateDocumentationPart", documentation_part::create),
    route("PUT", "/restapis/{}/documentation/parts", "ImportDocumentationParts", documentation_part::import),
    route("GET", "/restapis/{}/documentation/parts", "GetDocumentationParts", documentation_part::list),
    route("GET", "/restapis/{}/documentation/parts/{}", "GetDocumentationPart", documentation_part::get),
    route(
        "PATCH",
        "/restapis/{}/documentation/parts/{}",
        "UpdateDocumentationPart",
        documentation_part::update,
    ),
    route(
        "DELETE",
        "/restapis/{}/documentation/parts/{}",
        "DeleteDocumentationPart",
        documentation_part::delete,
    ),
    route(
        "POST",
        "/restapis/{}/documentation/versions",
        "CreateDocumentationVersion",
        documentation_version::create,
    ),
    route(
        "GET",
        "/restapis/{}/documentation/versions",
        "GetDocumentationVersions",
        documentation_version::list,
    ),
    route(
        "GET",
        "/restapis/{}/documentation/versions/{}",
        "GetDocumentationVersion",
        documentation_version::get,
    ),
    route(
        "PATCH",
        "/restapis/{}/documentation/versions/{}",
        "UpdateDocumentationVersion",
        documentation_version::update,
    ),
    route(
        "DELETE",
        "/restapis/{}/documentation/versions/{}",
        "DeleteDocumentationVersion",
        documentation_version::delete,
    ),
    // Beside the APIs
    route("GET", "/account", "GetAccount", account::get),
    route("PATCH", "/account", "UpdateAccount", account::update),
    route("POST", "/clientcertificates", "GenerateClientCertificate", client_certificate::generate),
    route("GET", "/clientcertificates", "GetClientCertificates", client_certificate::list),
    route("GET", "/clientcertificates/{}", "GetClientCertificate", client_certificate::get),
    route("PATCH", "/clientcertificates/{}", "UpdateClientCertificate", client_certificate::update),
    route("DELETE", "/clientcertificates/{}", "DeleteClientCertificate", client_certificate::delete),
    route("POST", "/domainnames", "CreateDomainName", domain_name::create),
    route("GET", "/domainnames", "GetDomainNames", domain_name::list),
    route("GET", "/domainnames/{}", "GetDomainName", domain_name::get),
    route("PATCH", "/domainnames/{}", "UpdateDomainName", domain_name::update),
    route("DELETE", "/domainnames/{}", "DeleteDomainName", domain_name::delete),
    route("POST", "/domainnames/{}/basepathmappings", "CreateBasePathMapping", base_path_mapping::create),
    route("GET", "/domainnames/{}/basepathmappings", "GetBasePathMappings", base_path_mapping::list),
    route("GET", "/domainnames/{}/basepathmappings/{}", "GetBasePathMapping", base_path_mapping::get),
    route("PATCH", "/domainnames/{}/basepathmappings/{}", "UpdateBasePathMapping", base_path_mapping::update),
    route(
        "DELETE",
        "/domainnames/{}/basepathmappings/{}",
        "DeleteBasePathMapping",
        base_path_mapping::delete,
    ),
    route(
        "POST",
        "/domainnameaccessassociations",
        "CreateDomainNameAccessAssociation",
        access_association::create,
    ),
    route(
        "GET",
        "/domainnameaccessassociations",
        "GetDomainNameAccessAssociations",
        access_association::list,
    ),
    route(
        "DELETE",
        "/domainnameaccessassociations/{}",
        "DeleteDomainNameAccessAssociation",
        access_association::delete,
    ),
    route(
        "POST",
        "/rejectdomainnameaccessassociations",
        "RejectDomainNameAccessAssociation",
        access_association::reject,
    ),
    route("POST", "/vpclinks", "CreateVpcLink", vpc_link::create),
    route("GET", "/vpclinks", "GetVpcLinks", vpc_link::list),
    route("GET", "/vpclinks/{}", "GetVpcLink", vpc_link::get),
    route("PATCH", "/vpclinks/{}", "UpdateVpcLink", vpc_link::update),
    route("DELETE", "/vpclinks/{}", "DeleteVpcLink", vpc_link::delete),
    route("PUT", "/tags/{}", "TagResource", tag::put),
    route("GET", "/tags/{}", "GetTags", tag::get),
    route("DELETE", "/tags/{}", "UntagResource", tag::remove),
];
