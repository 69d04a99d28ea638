#include "ui/wizard/flow_summary.h"

#include "core/vault/node_record.h"
#include "ui/common/facts.h"
#include "ui/common/key_label.h"
#include "ui/common/text.h"

#include <QHBoxLayout>

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
    text_->setText(tr("The vault checked the keys, the proofs and the ownership, and signed a "
                      "receipt on %1.")
                       .arg(time_text(exported.receipt.time)));
    commands_ = clone_commands(exported);
    delete facts_->layout();
    auto* facts = new Facts(facts_);
    facts->add_key(tr("Project id"), exported.project_id);
    facts->add_key(tr("Registration"), exported.receipt.registration_id);
    facts->add_key(tr("Vault node"), exported.receipt.node_id);
    show();
}

QString clone_commands(const project::Export& exported) {
    QStringList lines;
    for (const vault::RegisteredRepository& repository : exported.registration.repositories) {
        lines << QStringLiteral("git clone ") + to_qt(repository.url);
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace tau::ui
