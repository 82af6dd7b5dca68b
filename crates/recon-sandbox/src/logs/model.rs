//! What the model of CloudWatch Logs' API says about members.

use crate::model::Constraint;
use crate::model::Rule::{Count, Length, Needed, OneOf, Pattern, Range};

const TAG_KEY: &str = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+";
const TAG_VALUE: &str = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*";

/// Every constraint.
#[rustfmt::skip]
pub(super) const CONSTRAINTS: &[Constraint] = &[
    (&[], "logGroupClass", &[OneOf(&["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"])]),
    (&["AssociateKmsKey"], "kmsKeyId", &[Needed]),
    (&[], "kmsKeyId", &[Length(0, 256)]),
    (&["PutRetentionPolicy"], "retentionInDays", &[Needed]),
    (&["PutLogGroupDeletionProtection"], "deletionProtectionEnabled", &[Needed]),
    (&["DescribeLogGroups"], "limit", &[Range(1, 50)]),
    (&["ListLogGroups"], "limit", &[Range(1, 1000)]),
    (&["DescribeLogGroups"], "logGroupIdentifiers", &[Count(1, 50)]),
    (&["DescribeLogGroups"], "logGroupNamePrefix", &[Length(1, 512), Pattern(r"[\.\-_/#A-Za-z0-9]+")]),
    (&["DescribeLogGroups"], "logGroupNamePattern", &[Length(0, 512), Pattern(r"[\.\-_/#A-Za-z0-9]*")]),
    (&["DescribeLogGroups"], "nextToken", &[Length(1, 4096)]),
    (&["TagLogGroup", "TagResource", "UntagLogGroup"], "tags", &[Needed]),
    (&[], "tags", &[Count(1, 50)]),
    (&[], "tags{key}", &[Length(1, 128), Pattern(TAG_KEY)]),
    (&[], "tags{}", &[Length(0, 256), Pattern(TAG_VALUE)]),
    (&["UntagResource"], "tagKeys", &[Needed, Count(0, 50)]),
    (&["UntagResource"], "tagKeys[]", &[Length(1, 128), Pattern(TAG_KEY)]),
];
