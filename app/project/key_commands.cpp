#include "app/project/commands.h"
#include "app/project/session.h"
#include "core/base/file.h"
#include "core/project/transfer.h"

#include <nlohmann/json.hpp>

namespace tau::app {

namespace {

constexpr std::size_t max_key_file = 64U << 10U;

/// The node id of the project's vault that --vault names by name or id; without it, of the first.
Result<std::string> chosen_vault(const CommandLine& line, const flow::LocalProject& project) {
    const auto file = flow::load_export(project);
    if (!file) {
        return fail(file.error());
    }
    const QString option = QStringLiteral("vault");
    for (const project::Enrolment& enrolment : file->vaults) {
        const auto node = vault::decode_record(enrolment.record, enrolment.receipt.time);
        if (!line.has(option) || enrolment.receipt.node_id == line.text(option) ||
            (node && node->name == line.text(option))) {
            return enrolment.receipt.node_id;
        }
    }
    return fail(ErrorCode::not_found, "The project is not registered with that vault.",
                "See its vaults with: tau-project status " + project.name);
}

Result<keys::DeployKey> stored_deploy_key(Session& session, const std::string& project_id,
                                          vault::Role role, const std::string& node_id) {
    auto store = session.secrets();
    if (!store) {
        return fail(store.error());
    }
    auto seed = (*store)->get(flow::deploy_key_name(project_id, role, node_id));
    if (!seed) {
        return fail(seed.error());
    }
    if (!*seed) {
        return fail(ErrorCode::not_found, "The secret store has no deploy key for this repository.",
                    "It is kept where the project was created.");
    }
    return keys::DeployKey::from_seed(**seed);
}

/// The passphrase that protects the file, which is not that of the secret store.
Result<Secret> file_passphrase(const CommandLine& line) {
    const QString option = QStringLiteral("key-passphrase-file");
    return line.has(option) ? read_passphrase(line.path(option))
                            : ask_passphrase("Passphrase of the key file");
}

void add_file_passphrase(CommandLine& line) {
    line.option(QStringLiteral("key-passphrase-file"),
                QStringLiteral("The key file's own passphrase: the first line of <FILE>."),
                QStringLiteral("FILE"));
}

/// In place of nothing but a regular file: /dev/stdout is no place for a key.
Result<void> write_key(const std::filesystem::path& path, ByteView key) {
    auto can = project::check_replaceable(path);
    return can ? write_file_atomic(path, key, 0600) : can;
}

Result<void> export_owner_key(const CommandLine& line, Session& session) {
    auto store = session.secrets();
    if (!store) {
        return fail(store.error());
    }
    auto owner = keys::load_or_create_owner_key(**store, session.entropy());
    auto passphrase = file_passphrase(line);
    if (!owner || !passphrase) {
        return fail(owner ? passphrase.error() : owner.error());
    }
    auto text = keys::export_owner_key(*owner, *passphrase, session.entropy());
    return text ? write_key(line.path(QStringLiteral("to")), as_bytes(*text))
                : Result<void>(fail(text.error()));
}

Result<void> import_owner_key(const CommandLine& line, Session& session) {
    auto text = read_file(line.positional(0), max_key_file);
    if (!text) {
        return fail(text.error());
    }
    auto passphrase = file_passphrase(line);
    if (!passphrase) {
        return fail(passphrase.error());
    }
    auto owner = keys::import_owner_key(*text, *passphrase);
    auto store = session.secrets();
    if (!owner || !store) {
        return fail(owner ? store.error() : owner.error());
    }
    if (line.has(QStringLiteral("replace"))) {
        return (*store)->put("owner", owner->seed());
    }
    const auto kept = (*store)->put_if_absent("owner", owner->seed());
    if (kept && !kept->equals(owner->seed())) {
        return fail(ErrorCode::already_exists, "There is another owner key here already.",
                    "Export it first if you still need it, then say --replace.");
    }
    return kept ? Result<void>{} : fail(kept.error());
}

} // namespace

Exit deploy_key_export_command(const QStringList& arguments) {
    const QString command = QStringLiteral("deploy-key export");
    CommandLine line(arguments, command,
                     QStringLiteral("Writes a repository's read-only deploy key as ssh takes it, "
                                    "into a file that only you may read."));
    line.argument(QStringLiteral("PROJECT"), QStringLiteral("Name or id."));
    line.argument(QStringLiteral("ROLE"), QStringLiteral("configuration or code."));
    line.option(QStringLiteral("to"), QStringLiteral("The file to write (needed)."),
                QStringLiteral("FILE"));
    line.option(QStringLiteral("vault"),
                QStringLiteral("The key that this vault was given (the first one's)."),
                QStringLiteral("VAULT"));
    if (const auto exit = line.parse()) {
        return *exit;
    }
    const Terminal out(line.json());
    const auto role = vault::role_from_string(line.positional(1));
    if (!role || !line.has(QStringLiteral("to"))) {
        return usage_error(command, role ? "Name the file with --to." : role.error().message);
    }
    Session session(line);
    const auto project = find_project(line.data(), line.positional(0));
    if (!project) {
        return failed(out, project.error());
    }
    const auto node_id = chosen_vault(line, *project);
    if (!node_id) {
        return failed(out, node_id.error());
    }
    const auto key = stored_deploy_key(session, project->project_id, *role, *node_id);
    if (!key) {
        return failed(out, key.error());
    }
    const auto text = key->openssh_private_key(project->name);
    if (!text) {
        return failed(out, text.error());
    }
    const auto path = line.path(QStringLiteral("to"));
    if (const auto kept = write_key(path, text->bytes()); !kept) {
        return failed(out, kept.error());
    }
    out.event(
        {{"event", "exported"}, {"file", path.string()}, {"fingerprint", key->fingerprint()}});
    out.line("The deploy key " + key->fingerprint() + " is in " + path.string() + ".");
    return Exit::done;
}

Exit owner_key_export_command(const QStringList& arguments) {
    const QString command = QStringLiteral("owner-key export");
    CommandLine line(arguments, command,
                     QStringLiteral("Writes your owner key, encrypted under a passphrase, to take "
                                    "it to another computer."));
    line.option(QStringLiteral("to"), QStringLiteral("The file to write (needed)."),
                QStringLiteral("FILE"));
    add_file_passphrase(line);
    if (const auto exit = line.parse()) {
        return *exit;
    }
    const Terminal out(line.json());
    if (!line.has(QStringLiteral("to"))) {
        return usage_error(command, "Name the file with --to.");
    }
    Session session(line);
    if (const auto done = export_owner_key(line, session); !done) {
        return failed(out, done.error());
    }
    out.event({{"event", "exported"}, {"file", line.path(QStringLiteral("to")).string()}});
    out.line("Your owner key is in " + line.text(QStringLiteral("to")) + ", encrypted.");
    return Exit::done;
}

Exit owner_key_import_command(const QStringList& arguments) {
    CommandLine line(arguments, QStringLiteral("owner-key import"),
                     QStringLiteral("Takes in an owner key that was exported elsewhere."));
    line.argument(QStringLiteral("FILE"), QStringLiteral("What owner-key export wrote."));
    line.option(QStringLiteral("replace"), QStringLiteral("Even if there is another key here."));
    add_file_passphrase(line);
    if (const auto exit = line.parse()) {
        return *exit;
    }
    const Terminal out(line.json());
    Session session(line);
    if (const auto done = import_owner_key(line, session); !done) {
        return failed(out, done.error());
    }
    out.event({{"event", "imported"}});
    out.line("The owner key is in your secret store.");
    return Exit::done;
}

} // namespace tau::app
