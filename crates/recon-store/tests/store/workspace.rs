//! Workspaces: names, listing, selecting.

use recon_store::{Backend, Error, Local, Workspace};
use test_case::test_case;

use crate::fixture::{TwoTypes, folder};

#[test]
fn a_new_workspace_is_selected_listed_and_empty() {
    let directory = folder().workspace.directory;
    assert_eq!(Workspace::list(&directory).unwrap(), ["default"]);
    assert_eq!(Workspace::selected(directory.clone()).unwrap().name, "default");
    let made = Workspace::create(directory.clone(), "blue", &TwoTypes).unwrap();
    assert_eq!(Workspace::selected(directory.clone()).unwrap(), made);
    assert!(Local::new(made.clone()).read(&TwoTypes).unwrap().unwrap().resources.is_empty());
    let _lock = Local::new(made).lock("apply", std::time::Duration::ZERO).unwrap();
    assert_eq!(Workspace::list(&directory).unwrap(), ["blue", "default"]);
    let again = Workspace::create(directory, "blue", &TwoTypes);
    assert!(matches!(again, Err(Error::WorkspaceExists { .. })));
}

#[test]
fn only_what_exists_is_selected_and_only_what_is_not_selected_is_deleted() {
    let folder = folder();
    let directory = folder.workspace.directory.clone();
    let blue = Workspace::new(directory.clone(), "blue").unwrap();
    assert!(matches!(blue.select(), Err(Error::WorkspaceMissing { .. })));
    Workspace::create(directory.clone(), "blue", &TwoTypes).unwrap();
    assert!(matches!(blue.delete(), Err(Error::WorkspaceKept { .. })));
    folder.workspace.select().unwrap();
    blue.delete().unwrap();
    assert!(matches!(folder.workspace.delete(), Err(Error::WorkspaceKept { .. })));
    assert_eq!(Workspace::list(&directory).unwrap(), ["default"]);
}

#[test_case(""; "empty")]
#[test_case("../x"; "path")]
#[test_case("a.lock"; "dot")]
#[test_case("-a"; "flag")]
#[test_case("a b"; "space")]
fn other_text_is_no_name(name: &str) {
    assert!(matches!(Workspace::new("state".into(), name), Err(Error::WorkspaceName { .. })));
}
