internal import SeatRuns

extension Failure {
    /// Why a plan file could not be made, opened or written.
    init(_ error: PlanFileError) {
        let status: ExitStatus =
            switch error.code {
            case .missing: .missingFile
            case .cannotWrite, .exists: .cannotWrite
            case .locked, .gone: .stopped
            default: .badData
            }
        self.init(status, error.sentence, hints: error.hint.map { [$0] } ?? [])
    }
}

extension PlanFileError {
    /// What happened, with the file's name: lower case, no full stop.
    var sentence: String {
        if case .foreignLog(let ending) = problem {
            return "\(path)\(ending): belongs to another plan than \(path), which it stands beside"
        }
        return "\(path): \(what)"
    }

    private var what: String {
        switch problem {
        case .missing: "no such plan file"
        case .folder: "is a folder, not a plan file"
        case .notRegularFile: "not a regular file, so not a plan"
        case .cannotOpen(let reason, _): reason
        case .notAPlan: "not a plan file"
        case .otherDatabase: "an SQLite file, but not a plan made by this tool"
        case .newer(let format, let known):
            "written in plan format \(format); this version reads up to \(known)"
        case .older(let format):
            "written in plan format \(format), which this version can show and not apply"
        case .damaged(let place): "damaged, or changed by other means than this tool: \(place)"
        case .damagedPages(let reason): "not a plan file, or damaged (\(reason ?? "no detail"))"
        case .running: "another process is running this plan"
        case .replaced: "was replaced by another plan at this moment"
        case .inUse: "another program is using the plan file"
        case .readOnly: "the plan file cannot be written; a run is recorded in it"
        case .readOnlyFolder: "nothing can be written beside the plan file; a run keeps its log there"
        case .writeFailed(let reason): reason ?? "cannot be written"
        case .cannotCreate(let reason): "cannot be written: \(reason)"
        case .foreignLog: "has a log of another plan beside it"
        case .gone: "the plan file was removed or replaced while its plan ran"
        case .exists(let occupant): occupant.sentence
        }
    }

    fileprivate var hint: String? {
        switch problem {
        case .missing, .folder, .notRegularFile, .cannotOpen: nil
        case .notAPlan, .otherDatabase: "make a plan with `polar-seats plan ROSTER -o FILE.seatplan`"
        case .newer: "use the version of polar-seats that made it, or a later one"
        case .older: "plan again from the roster"
        case .damaged: "make the plan again; a copy of the file may still be whole"
        case .damagedPages: "make the plan again with `polar-seats plan`; a copy of the file may still be whole"
        case .running: "wait until it is done; show its progress with `polar-seats show \(shellQuoted(path))`"
        case .replaced: "look at the new plan, then run the same command again"
        case .inUse: "close the program that has it open, then run the same command again"
        case .readOnly: "copy it to where you may write, or change its permissions"
        case .readOnlyFolder(let folder):
            "copy it to a folder where you may write, or change the permissions of \(folder)"
        case .writeFailed:
            "make room on the disk, or make the file and its folder writable, then run the same command again"
        case .cannotCreate: "choose another place with -o FILE"
        case .foreignLog: "if the other plan still exists, rename it and its log; nothing was changed"
        case .gone: "what was done so far stands; plan again from the roster: whoever holds a seat by now keeps it"
        case .exists: "choose another name for the new plan with -o FILE"
        }
    }
}

extension PlanFileError.Occupant {
    fileprivate var sentence: String {
        switch self {
        case .notAFile: "is there already, and not a file"
        case .notAPlan: "is there already, and not a plan"
        case .unreadablePlan: "is there already, and cannot be read as a plan"
        case .appliedPlan(let startedAt):
            "holds the record of a run" + (startedAt.map { " that began at \($0)" } ?? "")
        case .unappliedPlan: "is there already: a plan that was not applied yet"
        case .newFile: "another process has made a file of that name at this moment"
        }
    }
}
