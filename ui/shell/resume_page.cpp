#include "ui/shell/resume_page.h"

#include "ui/common/text.h"

#include <QVBoxLayout>

namespace tau::ui {

ResumePage::ResumePage(Services& services, QWidget* parent)
    : QWidget(parent), services_(services), gate_(new QWidget), unlock_(new UnlockPanel(services)),
      error_(new ErrorView), flow_view_(new FlowView(services)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* page = new ScrollPage;
    page->box()->addWidget(unlock_);
    page->box()->addWidget(error_);
    auto* back =
        make_button(tr("&Back to the projects"), ButtonKind::plain, QStringLiteral("back"));
    page->box()->addWidget(back, 0, Qt::AlignLeft);
    page->box()->addStretch(1);
    auto* gate = new QVBoxLayout(gate_);
    gate->setContentsMargins(0, 0, 0, 0);
    gate->addWidget(page);
    layout->addWidget(gate_);
    layout->addWidget(flow_view_);
    connect(back, &QPushButton::clicked, this, &ResumePage::closed);
    connect(unlock_, &UnlockPanel::unlocked, this, &ResumePage::load);
    connect(flow_view_, &FlowView::closed, this, &ResumePage::closed);
}

void ResumePage::open(const QString& id, bool undo) {
    id_ = to_utf8(id);
    undo_ = undo;
    load();
}

void ResumePage::load() {
    gate_->show();
    flow_view_->hide();
    unlock_->hide();
    error_->clear();
    job_.start(
        [&services = services_, id = id_](std::stop_token stop) {
            return prepare_flow(services, [&] { return services.open_unfinished(id, stop); });
        },
        [this](PreparedFlow prepared) {
            if (prepared.secrets != SecretsState::open) {
                unlock_->ask(prepared.secrets);
                return;
            }
            if (!prepared.flow) {
                error_->show_error(prepared.flow.error());
                return;
            }
            if (const auto allowed = (*prepared.flow)->can_undo(); undo_ && !allowed) {
                error_->show_error(allowed.error(), false);
                return;
            }
            gate_->hide();
            flow_view_->show();
            flow_view_->set_flow(std::move(*prepared.flow));
            if (undo_) {
                flow_view_->ask_undo();
            } else {
                flow_view_->run();
            }
        });
}

} // namespace tau::ui
