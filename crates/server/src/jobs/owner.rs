//! Who holds a lease, written so that another process on the machine can tell whether that one still lives.

use std::fs;

/// A process, named so that no later one has the same name: boot, process namespace, number, start.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Process<'a> {
    machine: &'a str,
    number: u32,
    start: &'a str,
}

/// The name this process holds leases under.
pub(super) fn this_process() -> String {
    let number = std::process::id();
    format!(
        "{}/{number}/{}",
        machine(),
        start_of(number).unwrap_or_default()
    )
}

/// Whether the process that holds a lease is known to be dead. A process elsewhere never is.
pub(super) fn is_dead(owner: &str) -> bool {
    let here = machine();
    let Some(process) = parse(owner).filter(|process| process.machine == here) else {
        return false;
    };
    start_of(process.number).as_deref() != Some(process.start)
}

fn parse(owner: &str) -> Option<Process<'_>> {
    let mut parts = owner.split('/');
    let process = Process {
        machine: parts.next()?,
        number: parts.next()?.parse().ok()?,
        start: parts.next()?,
    };
    (parts.next().is_none() && !process.start.is_empty()).then_some(process)
}

/// This boot of this machine, and the namespace its process numbers count in.
fn machine() -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let namespace = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    format!("{}+{}", boot.trim(), namespace.display()).replace('/', "-")
}

/// When a process began, in clock ticks since the machine did; none if there is no such process.
fn start_of(number: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    // The name, in brackets, may hold anything: fields are counted from behind it. A zombie is dead.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    if fields.next() == Some("Z") {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_living_the_dead_and_the_unknown_are_told_apart() {
        let this = this_process();
        assert!(!is_dead(&this), "{this}");
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let other = this.replacen(
            &format!(
                "/{}/{}",
                std::process::id(),
                start_of(std::process::id()).unwrap()
            ),
            &format!("/{}/{}", child.id(), start_of(child.id()).unwrap()),
            1,
        );
        assert!(!is_dead(&other));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(is_dead(&other));
        let reused = this.rsplit_once('/').unwrap().0.to_owned() + "/1";
        assert!(is_dead(&reused), "the number lives, but as another process");
        assert!(
            !is_dead("elsewhere+pid/1/1"),
            "of another machine nothing is concluded"
        );
        assert!(!is_dead("nonsense"));
    }
}
