//! Deletes a role, which IAM refuses while anything hangs on it.

use std::time::Duration;

use recon_core::Known;
use recon_core::provider::{ErrorKind, ProviderError};

use super::reads::PAGES_MAX;
use super::{if_there, inline, key, managed, reads};
use crate::aws::Aws;
use crate::call::Pause;

/// How long IAM may still see what was just detached.
const DETACHED_WITHIN: Duration = Duration::from_secs(30);

/// Deletes a role with the policies that belong to it; with `force_detach_policies`, with all.
pub(super) async fn delete(aws: &Aws, have: &Known) -> Result<(), ProviderError> {
    let role = have.text("id").unwrap_or_else(|| key(have, "name"));
    let force = have.get("force_detach_policies").as_bool() == Some(true);
    let detached = async {
        if force || managed::is_declared(have) {
            managed::clear(aws, role).await?;
        }
        if force || inline::is_declared(have) {
            inline::clear(aws, role).await?;
        }
        Ok(())
    };
    if if_there(detached.await)?.is_none() {
        return Ok(());
    }
    let mut pause = Pause::new(Duration::from_millis(300), Duration::from_secs(3), DETACHED_WITHIN);
    loop {
        let answer = aws.call("iam:DeleteRole", || aws.iam.delete_role().role_name(role).send()).await;
        match if_there(answer) {
            Err(error) if error.kind == ErrorKind::Conflict => {
                leave_instance_profiles(aws, role).await?;
                explain(aws, role, &error).await?;
                if !pause.wait().await {
                    return Err(error);
                }
            }
            answer => return answer.map(|_| ()),
        }
    }
}

/// Fails with what still hangs on the role, if anything does.
async fn explain(aws: &Aws, role: &str, error: &ProviderError) -> Result<(), ProviderError> {
    let attached = if_there(reads::list_attached_policies(aws, role).await)?.unwrap_or_default();
    let inline = if_there(reads::list_inline_names(aws, role).await)?.unwrap_or_default();
    let left: Vec<String> = attached.into_iter().chain(inline).map(|policy| format!("`{policy}`")).collect();
    if left.is_empty() {
        return Ok(());
    }
    let help = format!(
        "Somebody else gave the role these policies: {}. Remove them, or set `force_detach_policies = true` on the role, apply, \
         and destroy it then.",
        left.join(", ")
    );
    Err(error.clone().with_help(help))
}

/// Takes a role out of all instance profiles.
async fn leave_instance_profiles(aws: &Aws, role: &str) -> Result<(), ProviderError> {
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let list =
            || aws.iam.list_instance_profiles_for_role().role_name(role).set_marker(marker.clone()).send();
        let Some(page) = if_there(aws.call("iam:ListInstanceProfilesForRole", list).await)? else {
            return Ok(());
        };
        for profile in &page.instance_profiles {
            let remove = || {
                let remove = aws.iam.remove_role_from_instance_profile().role_name(role);
                remove.instance_profile_name(&profile.instance_profile_name).send()
            };
            if_there(aws.call("iam:RemoveRoleFromInstanceProfile", remove).await)?;
        }
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            break;
        }
    }
    Ok(())
}
