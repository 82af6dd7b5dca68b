//! What the model of IAM's API says about members, where no handler checks it with rules of its own.

use crate::model::Constraint;
use crate::model::Rule::{Count, Length, Needed, OneOf, Pattern, Range};

const TAG_KEY: &str = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+";
const TAG_VALUE: &str = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*";
const PATH_PREFIX: &str = r"/[\x21-\x7F]*";

/// Every constraint.
#[rustfmt::skip]
pub(super) const CONSTRAINTS: &[Constraint] = &[
    (&["CreateRole", "UpdateRole", "UpdateRoleDescription"], "Description", &[
        Length(0, 1000), Pattern(r"[\x09\x0A\x0D\x20-\x7E\u{A1}-\u{FF}]*"),
    ]),
    (&["CreatePolicy"], "Description", &[Length(0, 1000)]),
    (&[], "PolicyArn", &[Length(20, 2048)]),
    (&[], "PermissionsBoundary", &[Length(20, 2048)]),
    (&[], "PathPrefix", &[Length(1, 512), Pattern(PATH_PREFIX)]),
    (&[], "MaxItems", &[Range(1, 1000)]),
    (&[], "Marker", &[Length(1, 320)]),
    (&[], "Scope", &[OneOf(&["All", "AWS", "Local"])]),
    (&[], "PolicyUsageFilter", &[OneOf(&["PermissionsPolicy", "PermissionsBoundary"])]),
    (&[], "EntityFilter", &[OneOf(&["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"])]),
    (&[], "Filter[]", &[OneOf(&["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"])]),
    (&["TagRole", "TagPolicy"], "Tags", &[Needed]),
    (&[], "Tags", &[Count(0, 50)]),
    (&[], "Tags[].Key", &[Needed, Length(1, 128), Pattern(TAG_KEY)]),
    (&[], "Tags[].Value", &[Needed, Length(0, 256), Pattern(TAG_VALUE)]),
    (&["UntagRole", "UntagPolicy"], "TagKeys", &[Needed]),
    (&[], "TagKeys", &[Count(0, 50)]),
    (&[], "TagKeys[]", &[Length(1, 128), Pattern(TAG_KEY)]),
];
