//! What the model of Lambda's API says about members, where no handler checks it with rules of its own.

use crate::model::Constraint;
use crate::model::Rule::{Count, Length, Needed, OneOf, Pattern, Range};

const ARN: &str = r"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)";
const TAG: &str = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*";
const VERSION: &str = r"\$LATEST|[0-9]+";
const ARCHITECTURES: &[&str] = &["x86_64", "arm64"];

/// Every constraint, by the part of the API that it belongs to.
#[rustfmt::skip]
pub(super) const CONSTRAINTS: &[Constraint] = &[
    (&[], "Description", &[Length(0, 256)]),
    (&[], "Tags{key}", &[Pattern(TAG)]),
    (&[], "Tags{}", &[Pattern(TAG)]),
    (&["UntagResource"], "tagKeys", &[Needed]),
    (&["UntagResource"], "tagKeys[]", &[Length(1, 128), Pattern(TAG)]),
    (&[
        "ListFunctionEventInvokeConfigs", "ListFunctionUrlConfigs", "ListLayerVersions", "ListLayers",
        "ListProvisionedConcurrencyConfigs",
    ], "MaxItems", &[Range(1, 50)]),
    // Functions.
    (&[], "VpcConfig.SubnetIds", &[Count(0, 16)]),
    (&[], "VpcConfig.SubnetIds[]", &[Length(0, 1024), Pattern("subnet-[0-9a-z]*")]),
    (&[], "VpcConfig.SecurityGroupIds", &[Count(0, 5)]),
    (&[], "VpcConfig.SecurityGroupIds[]", &[Length(0, 1024), Pattern("sg-[0-9a-zA-Z]*")]),
    (&[], "FileSystemConfigs", &[Count(0, 1)]),
    (&[], "FileSystemConfigs[].Arn", &[Needed, Length(0, 200), Pattern(
        r"arn:aws[a-zA-Z-]*:elasticfilesystem:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:access-point/fsap-[a-f0-9]{17}",
    )]),
    (&[], "FileSystemConfigs[].LocalMountPath", &[Needed, Length(0, 160), Pattern("/mnt/[a-zA-Z0-9-_.]+")]),
    (&[], "LoggingConfig.LogGroup", &[Length(1, 512), Pattern(r"[\.\-_/#A-Za-z0-9]+")]),
    (&["ListAliases"], "FunctionVersion", &[Length(1, 1024), Pattern(VERSION)]),
    (&[], "UpdateRuntimeOn", &[OneOf(&["Auto", "Manual", "FunctionUpdate"])]),
    (&[], "RuntimeVersionArn", &[Length(26, 2048), Pattern(
        r"arn:(aws[a-zA-Z-]*):lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}::runtime:.+",
    )]),
    // Policies.
    (&["RemovePermission", "RemoveLayerVersionPermission"], "StatementId", &[Length(1, 100), Pattern("[a-zA-Z0-9-_.]+")]),
    (&[], "EventSourceToken", &[Length(0, 256), Pattern(r"[a-zA-Z0-9._\-]+")]),
    (&[], "PrincipalOrgID", &[Length(12, 34), Pattern("o-[a-z0-9]{10,32}")]),
    (&[], "OrganizationId", &[Length(0, 34), Pattern("o-[a-z0-9]{10,32}")]),
    // Asynchronous invocation.
    (&[], "DestinationConfig.OnSuccess.Destination", &[Length(0, 350)]),
    (&[], "DestinationConfig.OnFailure.Destination", &[Length(0, 350), Pattern(
        r"|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)",
    )]),
    // Function URLs.
    (&[], "Cors.AllowHeaders", &[Count(0, 100)]),
    (&[], "Cors.AllowHeaders[]", &[Length(0, 1024)]),
    (&[], "Cors.AllowMethods", &[Count(0, 6)]),
    (&[], "Cors.AllowMethods[]", &[Length(0, 6)]),
    (&[], "Cors.AllowOrigins", &[Count(0, 100)]),
    (&[], "Cors.AllowOrigins[]", &[Length(1, 253)]),
    (&[], "Cors.ExposeHeaders", &[Count(0, 100)]),
    (&[], "Cors.ExposeHeaders[]", &[Length(0, 1024)]),
    (&[], "Cors.MaxAge", &[Range(0, 86_400)]),
    // Layers.
    (&[], "CompatibleRuntimes", &[Count(0, 15)]),
    (&[], "CompatibleArchitectures", &[Count(0, 2)]),
    (&[], "CompatibleArchitecture", &[OneOf(ARCHITECTURES)]),
    // Event source mappings.
    (&[], "EventSourceArn", &[Pattern(ARN)]),
    (&[], "FunctionResponseTypes", &[Count(0, 1)]),
    (&[], "FunctionResponseTypes[]", &[OneOf(&["ReportBatchItemFailures"])]),
    (&[], "MetricsConfig.Metrics", &[Count(0, 3)]),
    (&[], "MetricsConfig.Metrics[]", &[OneOf(&["EventCount", "ErrorCount", "KafkaMetrics"])]),
    (&[], "Topics", &[Count(1, 1)]),
    (&[], "Topics[]", &[Length(1, 249), Pattern("[^.]([a-zA-Z0-9\\-_.]+)")]),
    (&[], "Queues", &[Count(1, 1)]),
    (&[], "Queues[]", &[Length(1, 1000)]),
    (&[], "SourceAccessConfigurations", &[Count(0, 22)]),
    (&[], "SourceAccessConfigurations[].URI", &[Length(1, 200)]),
    // Code signing.
    (&[], "AllowedPublishers.SigningProfileVersionArns", &[Count(1, 20)]),
    (&[], "AllowedPublishers.SigningProfileVersionArns[]", &[Pattern(ARN)]),
    (&["PutFunctionCodeSigningConfig"], "CodeSigningConfigArn", &[Length(0, 200), Pattern(
        r"arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:code-signing-config:csc-[a-z0-9]{17}",
    )]),
];
