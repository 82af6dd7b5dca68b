//! What each type's objects leave in CloudTrail: which attributes a call names them by, and which calls make, change
//! and delete them. Lambda's events carry the dates of their API versions.

/// The traces of one type.
pub(super) struct Traces {
    /// The type.
    pub(super) kind: &'static str,
    /// The attributes whose values a call names.
    pub(super) names: &'static [&'static str],
    /// The calls that make one.
    pub(super) makes: &'static [&'static str],
    /// The calls that change an argument; those of the empty name change all that no other is named for.
    pub(super) changes: &'static [(&'static str, &'static [&'static str])],
    /// The calls that delete one.
    pub(super) deletes: &'static [&'static str],
}

/// Types that nobody can change but by what is told of other types.
#[cfg(test)]
pub(super) const WITHOUT: [&str; 2] = ["aws_lambda_invocation", "aws_api_gateway_rest_api_put"];

/// The calls that change what a deployment freezes.
pub(super) const DEFINING: &[&str] = &[
    "CreateAuthorizer",
    "CreateModel",
    "CreateRequestValidator",
    "CreateResource",
    "DeleteAuthorizer",
    "DeleteGatewayResponse",
    "DeleteIntegration",
    "DeleteIntegrationResponse",
    "DeleteMethod",
    "DeleteMethodResponse",
    "DeleteModel",
    "DeleteRequestValidator",
    "DeleteResource",
    "PutGatewayResponse",
    "PutIntegration",
    "PutIntegrationResponse",
    "PutMethod",
    "PutMethodResponse",
    "PutRestApi",
    "UpdateAuthorizer",
    "UpdateGatewayResponse",
    "UpdateIntegration",
    "UpdateIntegrationResponse",
    "UpdateMethod",
    "UpdateMethodResponse",
    "UpdateModel",
    "UpdateRequestValidator",
    "UpdateResource",
    "UpdateRestApi",
];

const LAMBDA_TAGS: &[&str] = &["TagResource20170331v2", "UntagResource20170331v2"];
const TAGS: &[&str] = &["TagResource", "UntagResource"];
const CODE: &[&str] = &["UpdateFunctionCode20150331v2"];
const POLICY_VERSIONS: &[&str] = &["CreatePolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion"];

const fn traces(
    kind: &'static str,
    names: &'static [&'static str],
    makes: &'static [&'static str],
    changes: &'static [(&'static str, &'static [&'static str])],
    deletes: &'static [&'static str],
) -> Traces {
    Traces { kind, names, makes, changes, deletes }
}

/// The traces of a type.
pub(super) fn of_kind(kind: &str) -> Option<&'static Traces> {
    ALL.iter().find(|traces| traces.kind == kind)
}

#[rustfmt::skip]
static ALL: &[Traces] = &[
    traces("aws_api_gateway_account", &[], &[], &[("", &["UpdateAccount"])], &[]),
    traces("aws_api_gateway_api_key", &["id"], &["CreateApiKey", "ImportApiKeys"], &[("", &["UpdateApiKey"]), ("tags", TAGS), ("tags_all", TAGS)], &["DeleteApiKey"]),
    traces("aws_api_gateway_authorizer", &["rest_api_id", "id"], &["CreateAuthorizer"], &[("", &["UpdateAuthorizer"])], &["DeleteAuthorizer"]),
    traces("aws_api_gateway_base_path_mapping", &["domain_name"], &["CreateBasePathMapping"], &[("", &["UpdateBasePathMapping"])], &["DeleteBasePathMapping", "UpdateBasePathMapping"]),
    traces("aws_api_gateway_client_certificate", &["id"], &["GenerateClientCertificate"], &[("", &["UpdateClientCertificate"]), ("tags", TAGS), ("tags_all", TAGS)], &["DeleteClientCertificate"]),
    traces("aws_api_gateway_deployment", &["rest_api_id", "id"], &["CreateDeployment"], &[("", &["UpdateDeployment"])], &["DeleteDeployment"]),
    traces("aws_api_gateway_documentation_part", &["rest_api_id", "documentation_part_id"], &["CreateDocumentationPart", "ImportDocumentationParts"], &[("", &["UpdateDocumentationPart"])], &["DeleteDocumentationPart"]),
    traces("aws_api_gateway_documentation_version", &["rest_api_id", "version"], &["CreateDocumentationVersion"], &[("", &["UpdateDocumentationVersion"])], &["DeleteDocumentationVersion"]),
    traces("aws_api_gateway_domain_name", &["domain_name"], &["CreateDomainName"], &[("", &["UpdateDomainName"]), ("tags", TAGS), ("tags_all", TAGS)], &["DeleteDomainName"]),
    traces("aws_api_gateway_domain_name_access_association", &["arn"], &["CreateDomainNameAccessAssociation"], &[("", TAGS)], &["DeleteDomainNameAccessAssociation", "RejectDomainNameAccessAssociation"]),
    traces("aws_api_gateway_gateway_response", &["rest_api_id", "response_type"], &["PutGatewayResponse"], &[("", &["PutGatewayResponse", "UpdateGatewayResponse"])], &["DeleteGatewayResponse"]),
    traces("aws_api_gateway_integration", &["rest_api_id", "resource_id", "http_method"], &["PutIntegration"], &[("", &["PutIntegration", "UpdateIntegration"])], &["DeleteIntegration", "DeleteMethod"]),
    traces("aws_api_gateway_integration_response", &["rest_api_id", "resource_id", "http_method"], &["PutIntegrationResponse"], &[("", &["PutIntegrationResponse", "UpdateIntegrationResponse"])], &["DeleteIntegration", "DeleteIntegrationResponse", "DeleteMethod"]),
    traces("aws_api_gateway_method", &["rest_api_id", "resource_id", "http_method"], &["PutMethod"], &[("", &["PutMethod", "UpdateMethod"])], &["DeleteMethod"]),
    traces("aws_api_gateway_method_response", &["rest_api_id", "resource_id", "http_method"], &["PutMethodResponse"], &[("", &["PutMethodResponse", "UpdateMethodResponse"])], &["DeleteMethod", "DeleteMethodResponse"]),
    traces("aws_api_gateway_method_settings", &["rest_api_id", "stage_name"], &["UpdateStage"], &[("", &["UpdateStage"])], &["DeleteStage", "UpdateStage"]),
    traces("aws_api_gateway_model", &["rest_api_id", "name"], &["CreateModel"], &[("", &["UpdateModel"])], &["DeleteModel"]),
    traces("aws_api_gateway_request_validator", &["rest_api_id", "id"], &["CreateRequestValidator"], &[("", &["UpdateRequestValidator"])], &["DeleteRequestValidator"]),
    traces("aws_api_gateway_resource", &["rest_api_id", "id"], &["CreateResource"], &[("", &["UpdateResource"])], &["DeleteResource"]),
    traces("aws_api_gateway_rest_api", &["id"], &["CreateRestApi", "ImportRestApi"], &[("", &["PutRestApi", "UpdateRestApi"]), ("tags", TAGS), ("tags_all", TAGS)], &["DeleteRestApi"]),
    traces("aws_api_gateway_rest_api_policy", &["rest_api_id"], &["UpdateRestApi"], &[("", &["PutRestApi", "UpdateRestApi"])], &["DeleteRestApi", "UpdateRestApi"]),
    traces("aws_api_gateway_stage", &["rest_api_id", "stage_name"], &["CreateDeployment", "CreateStage"], &[("", &["CreateDeployment", "UpdateStage"]), ("tags", TAGS), ("tags_all", TAGS)], &["DeleteStage"]),
    traces("aws_api_gateway_stage_binding", &["rest_api_id", "stage_name"], &["UpdateStage"], &[("", &["UpdateStage"])], &["DeleteStage", "UpdateStage"]),
    traces("aws_api_gateway_usage_plan", &["id"], &["CreateUsagePlan"], &[("", &["UpdateUsagePlan"]), ("tags", TAGS), ("tags_all", TAGS)], &["DeleteUsagePlan"]),
    traces("aws_api_gateway_usage_plan_key", &["usage_plan_id", "key_id"], &["CreateUsagePlanKey"], &[], &["DeleteUsagePlanKey"]),
    traces("aws_api_gateway_vpc_link", &["id"], &["CreateVpcLink"], &[("", &["UpdateVpcLink"]), ("tags", TAGS), ("tags_all", TAGS)], &["DeleteVpcLink"]),
    traces("aws_cloudwatch_log_group", &["name"], &["CreateLogGroup"], &[("kms_key_id", &["AssociateKmsKey", "DisassociateKmsKey"]), ("retention_in_days", &["DeleteRetentionPolicy", "PutRetentionPolicy"]), ("tags", TAGS), ("tags_all", TAGS)], &["DeleteLogGroup"]),
    traces("aws_iam_policy", &["arn"], &["CreatePolicy"], &[("", POLICY_VERSIONS), ("tags", &["TagPolicy", "UntagPolicy"]), ("tags_all", &["TagPolicy", "UntagPolicy"])], &["DeletePolicy"]),
    traces("aws_iam_role", &["name"], &["CreateRole"], &[
        ("", &["UpdateRole"]),
        ("assume_role_policy", &["UpdateAssumeRolePolicy"]),
        ("inline_policy", &["DeleteRolePolicy", "PutRolePolicy"]),
        ("managed_policy_arns", &["AttachRolePolicy", "DetachRolePolicy"]),
        ("permissions_boundary", &["DeleteRolePermissionsBoundary", "PutRolePermissionsBoundary"]),
        ("tags", &["TagRole", "UntagRole"]),
        ("tags_all", &["TagRole", "UntagRole"]),
    ], &["DeleteRole"]),
    traces("aws_iam_role_policy", &["role", "name"], &["PutRolePolicy"], &[("", &["PutRolePolicy"])], &["DeleteRolePolicy"]),
    traces("aws_iam_role_policy_attachment", &["role", "policy_arn"], &["AttachRolePolicy"], &[], &["DetachRolePolicy"]),
    traces("aws_lambda_alias", &["function_name", "name"], &["CreateAlias20150331"], &[("", &["UpdateAlias20150331"])], &["DeleteAlias20150331"]),
    traces("aws_lambda_code_signing_config", &["arn"], &["CreateCodeSigningConfig"], &[("", &["UpdateCodeSigningConfig"]), ("tags", LAMBDA_TAGS), ("tags_all", LAMBDA_TAGS)], &["DeleteCodeSigningConfig"]),
    traces("aws_lambda_event_source_mapping", &["uuid"], &["CreateEventSourceMapping20150331"], &[("", &["UpdateEventSourceMapping20150331"]), ("tags", LAMBDA_TAGS), ("tags_all", LAMBDA_TAGS)], &["DeleteEventSourceMapping20150331"]),
    traces("aws_lambda_function", &["function_name"], &["CreateFunction20150331"], &[
        ("", &["UpdateFunctionConfiguration20150331v2"]),
        ("architectures", CODE),
        ("code_sha256", CODE),
        ("code_signing_config_arn", &["DeleteFunctionCodeSigningConfig", "PutFunctionCodeSigningConfig"]),
        ("image_uri", CODE),
        ("reserved_concurrent_executions", &["DeleteFunctionConcurrency20171031", "PutFunctionConcurrency20171031"]),
        ("source_code_hash", CODE),
        ("tags", LAMBDA_TAGS),
        ("tags_all", LAMBDA_TAGS),
    ], &["DeleteFunction20150331"]),
    traces("aws_lambda_function_event_invoke_config", &["function_name"], &["PutFunctionEventInvokeConfig"], &[("", &["PutFunctionEventInvokeConfig", "UpdateFunctionEventInvokeConfig"])], &["DeleteFunctionEventInvokeConfig"]),
    traces("aws_lambda_function_recursion_config", &["function_name"], &["PutFunctionRecursionConfig"], &[("", &["PutFunctionRecursionConfig"])], &["DeleteFunction20150331"]),
    traces("aws_lambda_function_url", &["function_name"], &["CreateFunctionUrlConfig"], &[("", &["UpdateFunctionUrlConfig"])], &["DeleteFunctionUrlConfig"]),
    traces("aws_lambda_layer_version", &["layer_name"], &["PublishLayerVersion20181031"], &[], &["DeleteLayerVersion20181031"]),
    traces("aws_lambda_layer_version_permission", &["layer_name", "statement_id"], &["AddLayerVersionPermission"], &[], &["RemoveLayerVersionPermission"]),
    traces("aws_lambda_permission", &["function_name", "statement_id"], &["AddPermission20150331v2"], &[], &["RemovePermission20150331v2"]),
    traces("aws_lambda_provisioned_concurrency_config", &["function_name", "qualifier"], &["PutProvisionedConcurrencyConfig"], &[("", &["PutProvisionedConcurrencyConfig"])], &["DeleteProvisionedConcurrencyConfig"]),
    traces("aws_lambda_runtime_management_config", &["function_name"], &["PutRuntimeManagementConfig"], &[("", &["PutRuntimeManagementConfig"])], &["DeleteFunction20150331"]),
    traces("aws_lambda_version", &["function_name", "version"], &["PublishVersion20150331"], &[], &["DeleteFunction20150331"]),
];
