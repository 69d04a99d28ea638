#include "ui/shell/change_page.h"

#include "core/vault/directory/summary.h"
#include "ui/common/text.h"

#include <QHBoxLayout>

namespace tau::ui {

ChangePage::ChangePage(Services& services, NodeShelf& shelf, QWidget* parent)
    : QWidget(parent), services_(services), shelf_(shelf), pages_(new QStackedWidget),
      review_(new ChangeReview(services)), flow_view_(new FlowView(services)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(pages_);
    pages_->addWidget(review_);
    pages_->addWidget(flow_view_);
    connect(review_, &ChangeReview::cancelled, this, &ChangePage::closed);
    connect(review_, &ChangeReview::go_wanted, this, &ChangePage::run);
    connect(review_, &ChangeReview::back_wanted, this, [this] {
        pages_->setCurrentWidget(vault_page_);
        browser_->first_input()->setFocus(Qt::OtherFocusReason);
    });
    connect(flow_view_, &FlowView::closed, this, &ChangePage::closed);
}

/// As in the wizard: the vaults are ranked by what the person wants of them.
void ChangePage::make_vault_page() {
    if (vault_page_ != nullptr) { // with what was chosen for another move
        pages_->removeWidget(vault_page_);
        vault_page_->deleteLater();
    }
    vault_page_ = new QWidget;
    blocked_ = make_label({});
    next_ = make_button(tr("Ne&xt"), ButtonKind::primary);
    browser_ = new VaultBrowser(services_, shelf_, VaultBrowser::Mode::choose);
    auto* layout = new QVBoxLayout(vault_page_);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* box = new QVBoxLayout;
    box->setContentsMargins(space::xl, space::l, space::xl, space::m);
    box->setSpacing(space::s);
    auto* top = new QHBoxLayout;
    auto* title = make_label(tr("Which vault takes the project over?"), QStringLiteral("title"));
    title->setWordWrap(false);
    top->addWidget(title);
    top->addStretch(1);
    top->addWidget(browser_->counts());
    box->addLayout(top);
    box->addWidget(browser_, 1);
    layout->addLayout(box, 1);
    auto* footer = new QFrame;
    set_role(footer, QStringLiteral("footer"));
    auto* row = new QHBoxLayout(footer);
    row->setContentsMargins(space::xl, space::m, space::xl, space::m);
    row->setSpacing(space::s);
    auto* cancel = make_button(tr("&Cancel"));
    row->addWidget(cancel);
    set_tone(blocked_, Tone::muted);
    blocked_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(blocked_, 1);
    row->addWidget(next_);
    layout->addWidget(footer);
    pages_->addWidget(vault_page_);
    connect(cancel, &QPushButton::clicked, this, &ChangePage::closed);
    connect(next_, &QPushButton::clicked, this, &ChangePage::show_review);
    connect(browser_, &VaultBrowser::go_on, this, &ChangePage::show_review);
    connect(browser_->chosen(), &ChosenVaults::changed, this, &ChangePage::take_choice);
}

void ChangePage::begin(const flow::LocalProject& project, ChangeWish::Kind kind,
                       const std::vector<VaultState>& vaults) {
    if (flow_view_->busy()) {
        return; // what is going on comes first; it is shown
    }
    project_ = project;
    kind_ = kind;
    vaults_ = vaults;
    if (kind != ChangeWish::Kind::move) {
        review_->ask(project, kind, vaults);
        pages_->setCurrentWidget(review_);
        return;
    }
    make_vault_page();
    std::vector<std::uint64_t> own;
    for (const VaultState& one : vaults) {
        own.push_back(vault::summary_key(one.node));
    }
    browser_->leave_out(std::move(own));
    pages_->setCurrentWidget(vault_page_);
    browser_->enter();
    take_choice();
}

void ChangePage::take_choice() {
    const QString problem = browser_->chosen()->problem();
    blocked_->setText(problem.isEmpty() ? QString() : tr("Next is off: %1").arg(problem));
    next_->setEnabled(problem.isEmpty());
}

void ChangePage::show_review() {
    if (!next_->isEnabled()) {
        return;
    }
    std::vector<project::VaultChoice> to;
    for (const ChosenVaults::Choice& choice : browser_->chosen()->choices()) {
        to.push_back(project::choice_of(choice.node->record));
    }
    pages_->setCurrentWidget(review_);
    review_->ask(project_, kind_, vaults_, std::move(to));
    review_->first_input()->setFocus(Qt::OtherFocusReason);
}

void ChangePage::run() {
    if (auto plan = review_->take_plan()) {
        pages_->setCurrentWidget(flow_view_);
        flow_view_->set_flow(std::move(plan));
        flow_view_->run();
    }
}

bool ChangePage::project_gone() const {
    return pages_->currentWidget() == flow_view_ && !flow_view_->removed_project().empty();
}

QWidget* ChangePage::first_input() const {
    const QWidget* page = pages_->currentWidget();
    return page == flow_view_ ? flow_view_->first_input()
           : page == review_  ? review_->first_input()
                              : browser_->first_input();
}

} // namespace tau::ui
