#include "ui/shell/project_page.h"

#include "core/base/encoding.h"
#include "core/vault/node_record.h"
#include "ui/common/facts.h"
#include "ui/common/icons.h"
#include "ui/common/key_label.h"
#include "ui/common/message_bar.h"
#include "ui/common/text.h"
#include "ui/wizard/flow_summary.h"

#include <QHBoxLayout>

namespace tau::ui {

ProjectPage::ProjectPage(Services& services, QWidget* parent)
    : ProjectTab(parent), services_(services), page_(new ScrollPage(this)), origin_(make_label({})),
      verify_(make_button(tr("Ve&rify"), ButtonKind::primary, QStringLiteral("shield"))),
      export_(make_button(tr("&Export YAML…"), ButtonKind::plain, QStringLiteral("export"))),
      error_(new ErrorView), facts_(new Card), repositories_(new Card), vaults_(new Card),
      findings_(new FindingList) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(page_);
    auto* top = new QHBoxLayout;
    top->setSpacing(space::s);
    set_tone(origin_, Tone::muted);
    top->addWidget(origin_, 1);
    top->addWidget(export_);
    top->addWidget(verify_);
    page_->box()->addLayout(top);
    page_->box()->addWidget(error_);
    page_->box()->addWidget(findings_);
    page_->box()->addWidget(facts_);
    page_->box()->addWidget(repositories_);
    page_->box()->addWidget(vaults_);
    page_->box()->addStretch(1);
    connect(verify_, &QPushButton::clicked, this, &ProjectPage::verify);
    connect(export_, &QPushButton::clicked, this, &ProjectPage::export_wanted);
}

QString ProjectPage::name() const {
    return exported_ ? to_qt(exported_->name) : QString();
}

void ProjectPage::show_project(const flow::LocalProject& project) {
    project_ = project;
    exported_.reset();
    verified_ = false;
    verify_job_.drop();
    error_->clear();
    for (QWidget* part : {static_cast<QWidget*>(findings_), static_cast<QWidget*>(facts_),
                          static_cast<QWidget*>(repositories_), static_cast<QWidget*>(vaults_)}) {
        part->hide();
    }
    verify_->setEnabled(false);
    export_->setEnabled(false);
    const QString time = time_text(project.created_at);
    origin_->setText(project.configuration.empty() ? tr("Imported; made on %1").arg(time)
                                                   : tr("Made on this computer, %1").arg(time));
    load_job_.start(
        [&services = services_, project](std::stop_token) { return services.load_export(project); },
        [this](Result<project::Export> answer) {
            if (!answer) {
                error_->show_error(answer.error());
                return;
            }
            exported_ = std::make_shared<const project::Export>(std::move(*answer));
            show_export();
        });
}

void ProjectPage::show_export() {
    verify_->setEnabled(true);
    export_->setEnabled(true);
    show_facts();
    show_repositories();
    show_vaults();
    if (isVisible()) {
        verify_->setFocus(Qt::OtherFocusReason);
    }
    Q_EMIT changed();
}

void ProjectPage::show_facts() {
    clear_layout(facts_->box());
    auto* facts = new Facts;
    facts_->box()->addLayout(facts);
    facts->add_text(tr("Description"), to_qt(exported_->description));
    facts->add_text(tr("Notify"), to_qt(exported_->email));
    facts->add_key(tr("Project id"), exported_->project_id);
    facts->add_key(tr("Owner key"), to_hex(exported_->claims[0].owner_key));
    facts->add_text(tr("Made"), time_text(exported_->created_at));
    facts_->show();
}

void ProjectPage::show_repositories() {
    clear_layout(repositories_->box());
    auto* top = new QHBoxLayout;
    top->addWidget(make_label(tr("Repositories"), QStringLiteral("heading")), 1);
    auto* copy = make_button(tr("Copy clone co&mmands"), ButtonKind::plain, QStringLiteral("copy"));
    connect(copy, &QPushButton::clicked, this,
            [this, copy] { copy_to_clipboard(clone_commands(*exported_), copy); });
    top->addWidget(copy);
    repositories_->box()->addLayout(top);
    auto* facts = new Facts;
    repositories_->box()->addLayout(facts);
    for (const vault::Claim& claim : exported_->claims) {
        const QString role =
            claim.role == vault::Role::configuration ? tr("Configuration") : tr("Code");
        facts->add_address(role, tr("address of the %1 repository").arg(role.toLower()),
                           claim.repository_url);
        const auto& clone =
            claim.role == vault::Role::configuration ? project_.configuration : project_.code;
        if (!clone.empty()) {
            facts->add_address(tr("Clone here"), tr("folder of the %1 clone").arg(role.toLower()),
                               clone.string());
        }
    }
    repositories_->show();
}

void ProjectPage::show_vaults() {
    clear_layout(vaults_->box());
    vaults_->box()->addWidget(make_label(exported_->vaults.size() == 1 ? tr("Vault") : tr("Vaults"),
                                         QStringLiteral("heading")));
    for (const project::Enrolment& enrolment : exported_->vaults) {
        const vault::Receipt& receipt = enrolment.receipt;
        const QString name = vault_name(enrolment);
        auto* facts = new Facts;
        vaults_->box()->addLayout(facts);
        facts->add_text(tr("Node"), name);
        if (const auto record = vault::decode_record(enrolment.record, receipt.time)) {
            facts->add_text(tr("Region"), to_qt(vault::region_name(record->region)));
            facts->add_key(tr("Seal key of %1").arg(name), to_hex(record->seal_key));
        }
        facts->add_key(tr("Node id of %1").arg(name), receipt.node_id);
        facts->add_key(tr("Registration with %1").arg(name), receipt.registration_id);
        facts->add_text(tr("Receipt signed"), time_text(receipt.time));
    }
    vaults_->show();
}

void ProjectPage::verify() {
    if (!exported_) {
        return;
    }
    verify_->setEnabled(false);
    verify_->setText(tr("Verifying…"));
    verify_job_.start(
        [exported = exported_](std::stop_token) { return project::verify(*exported); },
        [this](const std::vector<project::Finding>& findings) {
            verify_->setEnabled(true);
            verify_->setText(tr("Ve&rify"));
            findings_->show_findings(findings);
            page_->ensureWidgetVisible(findings_);
            verify_->setFocus(Qt::OtherFocusReason);
            verified_ = project::all_ok(findings);
            announce(findings_, verified_ ? tr("The project is verified.")
                                          : tr("The project is not verified."));
            Q_EMIT changed();
        });
}

} // namespace tau::ui
