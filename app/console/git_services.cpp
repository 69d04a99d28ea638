// How tau-console reaches the git hosts of its projects.
#include "app/adapters/workplace.h"
#include "app/console/console_services.h"
#include "core/git/repository.h"
#include "core/git/url.h"

#include <QStringList>

namespace tau::app {

namespace {

const QString networks_key = QStringLiteral("networks");

/// As the owner's claim says, or, for a folder that was only opened, where it was cloned from.
Result<std::string> repository_url(const flow::LocalProject& project, vault::Role role) {
    if (!project.is_registered()) {
        const auto repository = git::Repository::open(flow::clone_of(project, role));
        const auto origin = repository ? repository->origin() : fail(repository.error());
        return origin ? git::canonical_ssh_url(*origin) : origin;
    }
    const auto exported = flow::load_export(project);
    if (!exported) {
        return fail(exported.error());
    }
    for (const vault::Claim& claim : exported->claims) {
        if (claim.role == role) {
            return claim.repository_url;
        }
    }
    return fail(ErrorCode::corrupt, "The project's file names no such repository.");
}

} // namespace

/// The network the project was made in, and those that the window has opened.
std::vector<vault::Network> ConsoleServices::known_networks(const std::string& project_id) {
    std::vector<vault::Network> networks;
    if (auto origin = flow::origin_of(data_, project_id)) {
        networks.push_back(std::move(origin->network));
    }
    // settings_ belongs to the main thread; this is a view of the same file.
    const QSettings settings(settings_.fileName(), QSettings::IniFormat);
    const QStringList files = settings.value(networks_key).toStringList();
    for (const QString& file : files) {
        if (auto network = load_network(file.toStdString(), {})) {
            networks.push_back(std::move(*network));
        }
    }
    return networks;
}

Result<git::Remote> ConsoleServices::reach(const flow::LocalProject& project, vault::Role role,
                                           std::stop_token stop) {
    const auto url = repository_url(project, role);
    return url ? reach_repository(known_networks(project.project_id), *url, std::move(stop))
               : Result<git::Remote>(fail(url.error()));
}

} // namespace tau::app
