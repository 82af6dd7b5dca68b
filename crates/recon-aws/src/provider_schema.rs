//! What a `provider "aws"` block accepts.

use std::collections::BTreeMap;

use recon_core::Type;
use recon_core::schema::{Absent, Block, NestedBlock, Nesting, Schema, block, optional};

/// The services that have an argument in `endpoints`. recon calls a few of them; the others are accepted because one
/// provider block often serves several tools.
const ENDPOINTS: &str = "accessanalyzer account acm acmpca amg amp amplify apigateway apigatewayv2 appautoscaling appconfig \
     appfabric appflow appintegrations appintegrationsservice applicationautoscaling applicationinsights \
     applicationsignals appmesh appregistry apprunner appstream appsync athena auditmanager autoscaling \
     autoscalingplans backup batch bcmdataexports beanstalk bedrock bedrockagent billing budgets ce \
     chatbot chime chimesdkmediapipelines chimesdkvoice cleanrooms cloud9 cloudcontrol cloudcontrolapi \
     cloudformation cloudfront cloudfrontkeyvaluestore cloudhsm cloudhsmv2 cloudsearch cloudtrail \
     cloudwatch cloudwatchevents cloudwatchevidently cloudwatchlog cloudwatchlogs \
     cloudwatchobservabilityaccessmanager cloudwatchrum codeartifact codebuild codecatalyst codecommit \
     codeconnections codedeploy codeguruprofiler codegurureviewer codepipeline codestarconnections \
     codestarnotifications cognitoidentity cognitoidentityprovider cognitoidp comprehend computeoptimizer \
     config configservice connect connectcases controltower costandusagereportservice costexplorer \
     costoptimizationhub cur customerprofiles databasemigration databasemigrationservice databrew \
     dataexchange datapipeline datasync datazone dax deploy detective devicefarm devopsguru directconnect \
     directoryservice dlm dms docdb docdbelastic drs ds dsql dynamodb ec2 ecr ecrpublic ecs efs eks \
     elasticache elasticbeanstalk elasticloadbalancing elasticloadbalancingv2 elasticsearch \
     elasticsearchservice elastictranscoder elb elbv2 emr emrcontainers emrserverless es eventbridge \
     events evidently evs finspace firehose fis fms fsx gamelift glacier globalaccelerator glue \
     gluedatabrew grafana greengrass groundstation guardduty healthlake iam identitystore imagebuilder \
     inspector inspector2 inspectorv2 internetmonitor invoicing iot iotanalytics iotevents ivs ivschat \
     kafka kafkaconnect kendra keyspaces kinesis kinesisanalytics kinesisanalyticsv2 kinesisvideo kms \
     lakeformation lambda launchwizard lex lexmodelbuilding lexmodelbuildingservice lexmodels lexmodelsv2 \
     lexv2models licensemanager lightsail location locationservice logs lookoutmetrics m2 macie2 \
     managedgrafana mediaconnect mediaconvert medialive mediapackage mediapackagev2 mediapackagevod \
     mediastore memorydb mgn mq msk mwaa neptune neptunegraph networkfirewall networkmanager \
     networkmonitor notifications notificationscontacts oam opensearch opensearchingestion \
     opensearchserverless opensearchservice opsworks organizations osis outposts paymentcryptography \
     pcaconnectorad pcs pinpoint pinpointsmsvoicev2 pipes polly pricing prometheus prometheusservice \
     qbusiness qldb quicksight ram rbin rds recyclebin redshift redshiftdata redshiftdataapiservice \
     redshiftserverless rekognition resiliencehub resourceexplorer2 resourcegroups resourcegroupstagging \
     resourcegroupstaggingapi rolesanywhere route53 route53domains route53profiles \
     route53recoverycontrolconfig route53recoveryreadiness route53resolver rum s3 s3api s3control \
     s3outposts s3tables sagemaker scheduler schemas sdb secretsmanager securityhub securitylake \
     serverlessapplicationrepository serverlessapprepo serverlessrepo servicecatalog \
     servicecatalogappregistry servicediscovery servicequotas ses sesv2 sfn shield signer simpledb sns \
     sqs ssm ssmcontacts ssmincidents ssmquicksetup ssmsap sso ssoadmin stepfunctions storagegateway sts \
     swf synthetics taxsettings timestreaminfluxdb timestreamquery timestreamwrite transcribe \
     transcribeservice transfer verifiedpermissions vpclattice waf wafregional wafv2 wellarchitected \
     worklink workspaces workspacesweb xray";

/// The schema of the block.
pub(crate) fn schema() -> Schema {
    let text = |doc| optional(Type::String, doc);
    let flag = |doc| optional(Type::Bool, doc);
    let number = |doc| optional(Type::Number, doc);
    let texts = |doc| optional(Type::list(Type::String), doc);
    let set = |doc| optional(Type::set(Type::String), doc);
    let block = block(
        [
            (
                "access_key",
                text("Access key id; with `secret_key`, no other source of credentials is tried.").secret(),
            ),
            ("allowed_account_ids", set("Accounts that may be changed; any other is refused.")),
            ("custom_ca_bundle", text("File of the certificates to trust, in PEM.")),
            (
                "ec2_metadata_service_endpoint",
                text("Not supported: set `AWS_EC2_METADATA_SERVICE_ENDPOINT`."),
            ),
            (
                "ec2_metadata_service_endpoint_mode",
                text("Not supported: set `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`."),
            ),
            ("forbidden_account_ids", set("Accounts that must not be changed.")),
            ("http_proxy", text("Proxy for HTTP.")),
            ("https_proxy", text("Proxy for HTTPS.")),
            ("insecure", flag("Not supported: trust the certificate with `custom_ca_bundle`.")),
            ("max_retries", number("Accepted; recon's own bounds on repetition apply.")),
            ("no_proxy", text("Hosts that are reached without a proxy.")),
            ("profile", text("Profile of the shared configuration files.")),
            ("quotas", flag("Whether to hold to AWS's quotas; else only at AWS's own endpoints.")),
            ("region", text("Region; else `AWS_REGION`, `AWS_DEFAULT_REGION`, or the profile's.")),
            ("retry_mode", text("Accepted; recon's own pace applies.")),
            ("s3_us_east_1_regional_endpoint", text("Accepted; no resource type calls S3.")),
            ("s3_use_path_style", flag("Accepted; no resource type calls S3.")),
            ("secret_key", text("Secret access key.").secret()),
            ("shared_config_files", texts("Configuration files in place of `~/.aws/config`.")),
            ("shared_credentials_files", texts("Credentials files in place of `~/.aws/credentials`.")),
            (
                "skip_credentials_validation",
                flag("Accepted; credentials are only checked when they are used."),
            ),
            (
                "skip_metadata_api_check",
                text("Accepted; instance metadata is only asked when nothing else gives credentials."),
            ),
            ("skip_region_validation", flag("Whether the region may be one that this recon does not know.")),
            (
                "skip_requesting_account_id",
                flag("Accepted; the account is only asked for when it is needed."),
            ),
            ("sts_region", text("Region of the STS endpoint.")),
            ("token", text("Session token.").secret()),
            ("token_bucket_rate_limiter_capacity", number("Accepted; recon's own pace applies.")),
            ("use_dualstack_endpoint", flag("Use endpoints that speak IPv6 too.")),
            ("use_fips_endpoint", flag("Use FIPS endpoints.")),
        ],
        [
            ("assume_role", list_of_any(assume_role())),
            ("assume_role_with_web_identity", list_of_any(assume_role_with_web_identity())),
            ("default_tags", list_of_any(default_tags())),
            (
                "endpoints",
                NestedBlock { block: endpoints(), nesting: Nesting::Set(0, 0), absent: Absent::None },
            ),
            ("ignore_tags", list_of_any(ignore_tags())),
        ],
    );
    Schema { version: 0, doc: "A connection to one region of one AWS account.", block }
}

fn list_of_any(block: Block) -> NestedBlock {
    NestedBlock { block, nesting: Nesting::List(0, 0), absent: Absent::None }
}

fn assume_role() -> Block {
    let text = |doc| optional(Type::String, doc);
    let attributes = [
        ("duration", text("How long the credentials last, as in `1h`.")),
        ("external_id", text("External id that the role's trust policy asks for.")),
        ("policy", text("Policy that narrows the role's permissions further.")),
        (
            "policy_arns",
            optional(Type::set(Type::String), "Managed policies that narrow the role's permissions."),
        ),
        ("role_arn", text("The role.")),
        ("session_name", text("Name of the session in the audit log.")),
        ("source_identity", text("Not supported.")),
        ("tags", optional(Type::Map(Type::String.into()), "Session tags.")),
        ("transitive_tag_keys", optional(Type::set(Type::String), "Not supported.")),
    ];
    block(attributes, [])
}

fn assume_role_with_web_identity() -> Block {
    let text = |doc| optional(Type::String, doc);
    let attributes = [
        ("duration", text("Not supported.")),
        ("policy", text("Policy that narrows the role's permissions further.")),
        (
            "policy_arns",
            optional(Type::set(Type::String), "Managed policies that narrow the role's permissions."),
        ),
        ("role_arn", text("The role.")),
        ("session_name", text("Name of the session in the audit log.")),
        ("web_identity_token", text("Not supported: name a file.").secret()),
        ("web_identity_token_file", text("File with the token.")),
    ];
    block(attributes, [])
}

fn default_tags() -> Block {
    block([("tags", optional(Type::Map(Type::String.into()), "Tags that every object gets."))], [])
}

fn ignore_tags() -> Block {
    let set = |doc| optional(Type::set(Type::String), doc);
    let attributes = [
        ("key_prefixes", set("Tags whose key begins so are not looked at.")),
        ("keys", set("Tags that are not looked at.")),
    ];
    block(attributes, [])
}

fn endpoints() -> Block {
    let service = |name: &str| (name.into(), optional(Type::String, "Address of this service's endpoint."));
    Block { attributes: ENDPOINTS.split_whitespace().map(service).collect(), blocks: BTreeMap::new() }
}
