//! Reads, makes, changes and destroys log groups.

use async_trait::async_trait;
use aws_sdk_cloudwatchlogs::types::{LogGroup as Shown, LogGroupClass};
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Value};

use super::group::{DELIVERY, LogGroup, SCHEMA};
use super::reads::{self, name_of};
use crate::aws::Aws;
use crate::iam::name;
use crate::live::Live;
use crate::shape::{empty, keep_empty, merge, text_or_null};
use crate::snapshot::Snapshot;
use crate::tags;

/// How far clocks here and at AWS may be apart.
const CLOCK_SKEW_MS: i64 = 120_000;

#[async_trait]
impl Live for LogGroup {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let Some(group) = reads::shared(aws, snapshot, name_of(have)).await? else { return Ok(None) };
        observed(aws, have, &group).await
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let name = name::chosen(want);
        let send = || {
            aws.logs
                .create_log_group()
                .log_group_name(&name)
                .set_kms_key_id(want.text("kms_key_id").map(str::to_owned))
                .set_log_group_class(want.text("log_group_class").map(LogGroupClass::from))
                .set_tags(tags::wanted_map(aws, want))
                .send()
        };
        // Found there after a lost answer, the group is the one that was to be made.
        aws.call_create("logs:CreateLogGroup", send).await?;
        let arn =
            format!("arn:{}:logs:{}:{}:log-group:{name}", aws.partition, aws.region, aws.account().await?);
        let class = want.text("log_group_class").unwrap_or("STANDARD");
        let all = Value::string_map(tags::wanted(aws, want));
        let attributes = [
            ("arn", Value::from(arn)),
            ("id", Value::from(name.as_str())),
            ("name", Value::from(name.as_str())),
            ("name_prefix", Value::from(name::prefix_of(&name))),
            ("log_group_class", Value::from(class)),
            ("tags_all", keep_empty(want, "tags_all", all)),
        ];
        let made = merge(want.clone(), attributes);
        if days(want) == 0 || class == DELIVERY {
            return Ok(made);
        }
        match put_retention(aws, &made).await {
            Ok(()) => Ok(made),
            Err(error) => {
                let kept = merge(made, [("retention_in_days", Value::from(0))]);
                Err(Failed { error, left_behind: Some(kept) })
            }
        }
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        update(aws, have, want).await?;
        Ok(want.clone())
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        if have.get("skip_destroy").as_bool() == Some(true) {
            return Ok(());
        }
        let send = || aws.logs.delete_log_group().log_group_name(name_of(have)).send();
        match aws.call("logs:DeleteLogGroup", send).await {
            Err(error) if error.kind != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    async fn import(&self, aws: &Aws, _: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let Some(group) = reads::one(aws, id).await? else { return Ok(None) };
        let have = merge(empty(&SCHEMA), [("skip_destroy", Value::from(false))]);
        observed(aws, &have, &group).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let candidates = match want.text("name") {
            Some(name) => reads::one(aws, name).await?.into_iter().collect(),
            None => reads::beginning_with(aws, want.text("name_prefix").unwrap_or_default()).await?,
        };
        let is_ours = |group: &&Shown| {
            let made_ms = group.creation_time().unwrap_or_default();
            made_ms + CLOCK_SKEW_MS >= since_ms
                && name::could_be(group.log_group_name().unwrap_or_default(), want, since_ms)
        };
        let mut found = Vec::new();
        for group in candidates.iter().filter(is_ours) {
            found.extend(observed(aws, want, group).await?);
        }
        Ok(found)
    }

    async fn answer(&self, _: &Aws, _: &Known) -> Result<Known, ProviderError> {
        Ok(name::answer())
    }
}

/// A group as it is remembered; nothing when it goes while its tags are read.
async fn observed(aws: &Aws, have: &Known, group: &Shown) -> Result<Option<Known>, ProviderError> {
    let arn = reads::arn(group);
    let live_tags = match reads::tags(aws, arn).await {
        Ok(tags) => tags,
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let name = group.log_group_name().unwrap_or_default();
    let class = group.log_group_class().map_or("STANDARD", LogGroupClass::as_str);
    let remembered = have.get("retention_in_days");
    let retention = match group.retention_in_days().unwrap_or(0) {
        // What AWS alone decides is no drift.
        _ if class == DELIVERY && !remembered.is_null() => remembered.clone(),
        days => Value::from(i64::from(days)),
    };
    let attributes = [
        ("arn", Value::from(arn)),
        ("id", Value::from(name)),
        ("name", Value::from(name)),
        ("name_prefix", Value::from(name::prefix_of(name))),
        ("kms_key_id", keep_empty(have, "kms_key_id", text_or_null(group.kms_key_id()))),
        ("log_group_class", Value::from(class)),
        ("retention_in_days", retention),
    ];
    Ok(Some(merge(merge(have.clone(), attributes), tags::observed(aws, have, live_tags))))
}

fn days(value: &Known) -> i32 {
    value.get("retention_in_days").as_i32().unwrap_or(0)
}

async fn put_retention(aws: &Aws, want: &Known) -> Result<(), ProviderError> {
    let name = name_of(want);
    if days(want) == 0 {
        let send = || aws.logs.delete_retention_policy().log_group_name(name).send();
        return aws.call("logs:DeleteRetentionPolicy", send).await.map(drop);
    }
    let send = || aws.logs.put_retention_policy().log_group_name(name).retention_in_days(days(want)).send();
    aws.call("logs:PutRetentionPolicy", send).await.map(drop)
}

async fn update(aws: &Aws, have: &Known, want: &Known) -> Result<(), ProviderError> {
    let changes = |argument: &str| !have.get(argument).same(want.get(argument));
    if changes("retention_in_days") {
        put_retention(aws, want).await?;
    }
    if changes("kms_key_id") {
        put_key(aws, want).await?;
    }
    let difference = tags::difference(aws, have, want);
    let arn = have.str("arn").unwrap_or_default();
    if !difference.remove.is_empty() {
        let keys = &difference.remove;
        let send = || aws.logs.untag_resource().resource_arn(arn).set_tag_keys(Some(keys.clone())).send();
        aws.call("logs:UntagResource", send).await?;
    }
    if !difference.set.is_empty() {
        let tags = &difference.set;
        let send = || {
            let tags = tags.clone().into_iter().collect();
            aws.logs.tag_resource().resource_arn(arn).set_tags(Some(tags)).send()
        };
        aws.call("logs:TagResource", send).await?;
    }
    Ok(())
}

async fn put_key(aws: &Aws, want: &Known) -> Result<(), ProviderError> {
    let name = name_of(want);
    match want.text("kms_key_id") {
        Some(key) => {
            let send = || aws.logs.associate_kms_key().log_group_name(name).kms_key_id(key).send();
            aws.call("logs:AssociateKmsKey", send).await.map(drop)
        }
        None => {
            let send = || aws.logs.disassociate_kms_key().log_group_name(name).send();
            aws.call("logs:DisassociateKmsKey", send).await.map(drop)
        }
    }
}
