#pragma once

#include "ui/vaults/vault_browser.h"

namespace tau::ui {

/// The vaults of the current network, for looking around.
class VaultsPage : public QWidget {
    Q_OBJECT
public:
    VaultsPage(Services& services, NodeShelf& shelf, QWidget* parent = nullptr);
    VaultBrowser& browser() const { return *browser_; }

Q_SIGNALS:
    void back_wanted();

private:
    VaultBrowser* browser_;
};

} // namespace tau::ui
