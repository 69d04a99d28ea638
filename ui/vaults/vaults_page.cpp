#include "ui/vaults/vaults_page.h"

#include "ui/common/page.h"

#include <QHBoxLayout>

namespace tau::ui {

VaultsPage::VaultsPage(Services& services, NodeShelf& shelf, QWidget* parent)
    : QWidget(parent), browser_(new VaultBrowser(services, shelf, VaultBrowser::Mode::look)) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(space::xl, space::l, space::xl, space::l);
    box->setSpacing(space::s);
    auto* top = new QHBoxLayout;
    top->setSpacing(space::s);
    auto* back = make_button(tr("Pro&jects"), ButtonKind::quiet, QStringLiteral("back"));
    connect(back, &QPushButton::clicked, this, &VaultsPage::back_wanted);
    top->addWidget(back);
    auto* title = make_label(tr("Vaults"), QStringLiteral("title"));
    title->setWordWrap(false);
    top->addWidget(title);
    top->addStretch(1);
    top->addWidget(browser_->counts());
    box->addLayout(top);
    box->addWidget(browser_, 1);
}

} // namespace tau::ui
