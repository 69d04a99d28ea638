#include "ui/wizard/flow_summary.h"

#include "core/vault/node_record.h"
#include "ui/common/facts.h"
#include "ui/common/key_label.h"
#include "ui/common/text.h"

#include <QHBoxLayout>

#include <algorithm>

namespace tau::ui {

FlowSummary::FlowSummary(QWidget* parent)
    : Card(parent), heading_(make_label({}, QStringLiteral("heading"))), text_(make_label({})),
      facts_(new QWidget),
      open_(make_button(tr("&Open project"), ButtonKind::primary, QStringLiteral("project"))),
      export_(make_button(tr("&Export YAML…"), ButtonKind::plain, QStringLiteral("export"))),
      clone_(make_button(tr("Copy clone co&mmands"), ButtonKind::plain, QStringLiteral("copy"))) {
    box()->addWidget(heading_);
    set_tone(text_, Tone::muted);
    box()->addWidget(text_);
    box()->addWidget(facts_);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    row->addWidget(open_);
    row->addWidget(export_);
    row->addWidget(clone_);
    row->addStretch(1);
    box()->addLayout(row);
    connect(open_, &QPushButton::clicked, this, &FlowSummary::open_wanted);
    connect(export_, &QPushButton::clicked, this, &FlowSummary::export_wanted);
    connect(clone_, &QPushButton::clicked, this, [this] { copy_to_clipboard(commands_, clone_); });
    hide();
}

void FlowSummary::show_project(const flow::LocalProject& project, const project::Export& exported) {
    heading_->setText(tr("%1 is registered").arg(to_qt(project.name)));
    std::int64_t signed_at = 0;
    for (const project::Enrolment& enrolment : exported.vaults) {
        signed_at = std::max(signed_at, enrolment.receipt.time);
    }
    text_->setText(
        (exported.vaults.size() == 1
             ? tr("The vault checked the keys, the proofs and the ownership, and signed a receipt "
                  "on %1.")
             : tr("Every vault checked the keys, the proofs and the ownership, and signed a "
                  "receipt, the last of them on %1."))
            .arg(time_text(signed_at)));
    commands_ = clone_commands(exported);
    delete facts_->layout();
    auto* facts = new Facts(facts_);
    facts->add_key(tr("Project id"), exported.project_id);
    for (const project::Enrolment& enrolment : exported.vaults) {
        const QString name = vault_name(enrolment);
        facts->add_key(tr("Node id of %1").arg(name), enrolment.receipt.node_id);
        facts->add_key(tr("Registration with %1").arg(name), enrolment.receipt.registration_id);
    }
    show();
}

QString vault_name(const project::Enrolment& enrolment) {
    // Read as of the moment of the receipt: a record lives for days, a project for years.
    const auto record = vault::decode_record(enrolment.record, enrolment.receipt.time);
    return record ? to_qt(record->name) : FlowSummary::tr("a vault that cannot be read");
}

QString clone_commands(const project::Export& exported) {
    QStringList lines;
    for (const vault::Claim& claim : exported.claims) {
        lines << QStringLiteral("git clone ") + to_qt(claim.repository_url);
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace tau::ui
