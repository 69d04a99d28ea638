// Pictures of a project that is lived with: its configuration, its vaults, later changes.
#include "app/console/pictures.h"
#include "core/base/file.h"
#include "ui/common/text.h"
#include "ui/project/config_tab.h"
#include "ui/project/deployments_view.h"
#include "ui/project/merge_view.h"
#include "ui/project/project_tabs.h"
#include "ui/project/registration_view.h"
#include "ui/shell/change_page.h"
#include "ui/shell/project_area.h"

namespace tau::app {

namespace {

constexpr const char* good_function = "functions/resize.yaml";
constexpr const char* bad_function = "functions/thumbnail.yaml";

std::string function(const std::string& id, const std::string& name, const std::string& memory) {
    return "# Called by the shop's pages\nid: " + id +
           "\ndescription: Makes pictures smaller\ntags:\n    - pictures\nsource: .\ntrigger:\n"
           "    type: https\n    method: GET\n    paths:\n        - /" +
           name + "\ndomains:\n    - web\nexecution:\n    timeout: 20s\n    memory: " + memory +
           "\n    call: " + name + "\n";
}

git::Files sample_configuration() {
    return {
        {"domains/web.yaml", "id: QmQspaxDwHSbioaW3zbLgdMpp1hCkz9z6JRzxykL1SqPHg\n"
                             "fqdn: plants.example.org\ncertificate:\n    type: auto\n"},
        {good_function,
         function("QmQazSMmMztAFkECFpvNjGMJpaYH4CvTTt85GDj1yYgt4a", "resize", "64MB")},
        {bad_function,
         function("QmSxVYL5urSqRj624n2sxPhcXZMqppdpHup9SLWF9hxxNX", "thumbnail", "64")},
        {"storages/photos.yaml", "id: QmUhyzQ4sYGbTmFNY7w46syoiY6kYC6gCs3fDNzwMV1arH\n"
                                 "match: photos\nobject:\n    versioning: true\n"
                                 "    size: 50GB\n"},
        {"applications/orders/config.yaml", "id: QmZvSFvZr7QfJzEWAC7DcBMNk4Tk3EJHupk8KNAPosHRq5\n"},
        {"applications/orders/databases/carts.yaml",
         "id: QmaCRFcRsv3oNaBRD9XR8mFzmHrkTBGGbkugZfezg9La9K\nmatch: carts\n"
         "access:\n    network: all\nstorage:\n    size: 5GB\n"}};
}

constexpr const char* code = "package lib\n\n"
                             "import (\n\t\"github.com/taubyte/go-sdk/event\"\n)\n\n"
                             "// resize answers with a smaller picture.\n"
                             "//export resize\n"
                             "func resize(e event.Event) uint32 {\n"
                             "\th, err := e.HTTP()\n"
                             "\tif err != nil {\n\t\treturn 1\n\t}\n"
                             "\th.Write([]byte(\"smaller\"))\n\treturn 0\n}\n";

void put(const std::filesystem::path& folder, const std::string& path, std::string_view text) {
    std::error_code failed;
    std::filesystem::create_directories((folder / path).parent_path(), failed);
    (void)write_file_atomic(folder / path, text, 0644); // a picture shows what is missing
}

/// A file that two sides changed in the same place.
flow::Pulled both_changed(const std::string& path) {
    git::MergeFile file;
    file.path = path;
    file.verdict = git::MergeFile::Verdict::choose;
    file.base = function("QmQazSMmMztAFkECFpvNjGMJpaYH4CvTTt85GDj1yYgt4a", "resize", "32MB");
    file.ours = function("QmQazSMmMztAFkECFpvNjGMJpaYH4CvTTt85GDj1yYgt4a", "resize", "64MB");
    file.theirs = function("QmQazSMmMztAFkECFpvNjGMJpaYH4CvTTt85GDj1yYgt4a", "resize", "128MB");
    file.why = "Both sides changed line 16.";
    git::MergePlan plan;
    plan.branch = "main";
    plan.files.push_back(std::move(file));
    flow::Pulled pulled;
    pulled.merge = std::move(plan);
    return pulled;
}

} // namespace

void Pictures::configuration_scenes() {
    const auto tab = [this]() -> ui::ConfigTab& { return window_.area().configuration(); };
    const auto shows = [tab](const char* path) {
        if (tab().busy() || !tab().has_workspace()) {
            return false;
        }
        if (tab().current_path() == path) {
            return true;
        }
        tab().select(path);
        return false;
    };
    scenes_.push_back({QStringLiteral("configuration"),
                       [this] {
                           grow_project();
                           window_.area().tabs().show_tab(&window_.area().configuration());
                       },
                       [shows] { return shows(good_function); }});
    scenes_.push_back(
        {QStringLiteral("configuration-problem"), [] {}, [shows] { return shows(bad_function); }});
    scenes_.push_back(
        {QStringLiteral("configuration-code"),
         [tab] {
             tab().select(good_function);
             tab().show_code(true);
         },
         [tab] { return !tab().busy() && tab().code().current_file().ends_with(".go"); }});
    scenes_.push_back({QStringLiteral("configuration-new"),
                       [tab] {
                           tab().show_code(false);
                           tab().ask_new();
                           tab().new_resource().name().setText(QStringLiteral("invoice"));
                       },
                       [] { return true; }});
    scenes_.push_back({QStringLiteral("configuration-import"),
                       [tab] {
                           git::Files files = sample_configuration();
                           files.erase("storages/photos.yaml");
                           files["functions/mail.yaml"] = function(
                               "QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR", "mail", "10MB");
                           tab().select(good_function);
                           tab().take_in(QStringLiteral("shop.zip"), files);
                       },
                       [tab] { return !tab().busy(); }});
    scenes_.push_back({QStringLiteral("merge"),
                       [this, tab] {
                           tab().messages().close_message();
                           window_.area().tabs().set_tab_visible(&window_.area().merge(), true);
                           window_.area().tabs().show_tab(&window_.area().merge());
                           window_.area().merge().show_merge(window_.area().tabs().project(),
                                                             {both_changed(good_function)});
                       },
                       [this] { return !window_.area().merge().busy(); }});
    scenes_.push_back({QStringLiteral("merge-edited"),
                       [this] { window_.area().merge().take(git::MergeChoice::Take::text); },
                       [this] {
                           if (window_.area().merge().editor().hasFocus()) {
                               return true;
                           }
                           window_.area().merge().editor().setFocus(Qt::OtherFocusReason);
                           return window_.area().merge().editor().isVisible();
                       }});
}

/// The project and its vaults: what runs where, the registration, and new keys.
void Pictures::living_scenes() {
    const auto deployments = [this]() -> ui::DeploymentsView& {
        return window_.area().deployments();
    };
    const auto registration = [this]() -> ui::RegistrationView& {
        return window_.area().registration();
    };
    scenes_.push_back(
        {QStringLiteral("deployments"),
         [this] { window_.area().tabs().show_tab(&window_.area().deployments()); },
         [deployments] { return !deployments().busy() && deployments().rows().rowCount() > 0; }});
    scenes_.push_back(
        {QStringLiteral("deployments-edited"),
         [deployments] {
             deployments().rows().put({"region:eu-west", vault::Role::code, "main", ""});
             deployments().edit_button().click();
         },
         [] { return true; }});
    scenes_.push_back(
        {QStringLiteral("deployments-sent"), [deployments] { deployments().send(); },
         [deployments] { return !deployments().busy() && !deployments().has_edits(); }});
    scenes_.push_back({QStringLiteral("registration"),
                       [this] { window_.area().tabs().show_tab(&window_.area().registration()); },
                       [registration] { return !registration().cards().empty(); }});
    scenes_.push_back({QStringLiteral("registration-verified"),
                       [registration] { registration().cards().front()->verify(); },
                       [registration] { return registration().cards().front()->is_verified(); }});
    change_scenes();
}

/// Later changes: each as it is reviewed, and one done.
void Pictures::change_scenes() {
    const auto changes = [this]() -> ui::ChangePage& { return window_.change_page(); };
    scenes_.push_back({QStringLiteral("move"),
                       [this] { window_.change_project(ui::ChangeWish::Kind::move); },
                       [changes] { return !changes().review().busy(); }});
    scenes_.push_back({QStringLiteral("remove-review"),
                       [this] { window_.change_project(ui::ChangeWish::Kind::remove); },
                       [this, changes] {
                           if (!changes().review().busy() && !changes().review().ready()) {
                               changes().review().name().setText(
                                   ui::to_qt(changes().project().name));
                           }
                           return changes().review().ready();
                       }});
    scenes_.push_back({QStringLiteral("rotate-review"),
                       [this] { window_.change_project(ui::ChangeWish::Kind::rotate); },
                       [this] { return window_.change_page().review().ready(); }});
    scenes_.push_back({QStringLiteral("rotate"),
                       [this] { window_.change_page().review().go_button().click(); },
                       [this] { return window_.change_page().flow_view().has_result(); }});
}

/// Resources, code and something to commit in both clones.
void Pictures::grow_project() {
    const flow::LocalProject& project = window_.area().tabs().project();
    for (const auto& [path, text] : sample_configuration()) {
        put(project.configuration, path, text);
    }
    if (const auto config = read_file(project.configuration / "config.yaml")) {
        put(project.configuration, "config.yaml", *config + "tags:\n    - plants\n");
    }
    put(project.code, "functions/resize/.taubyte/config.yaml", "version: 1.00\n");
    put(project.code, "functions/resize/go.mod", "module resize\n\ngo 1.21\n");
    put(project.code, "functions/resize/resize.go", code);
    put(project.code, "functions/thumbnail/.taubyte/config.yaml", "version: 1.00\n");
}

} // namespace tau::app
