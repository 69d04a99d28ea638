#pragma once

#include "ui/common/empty_state.h"
#include "ui/common/job.h"
#include "ui/common/message_bar.h"
#include "ui/common/networks.h"
#include "ui/common/page.h"
#include "ui/services.h"

namespace tau::ui {

/// Where one begins: projects of this computer, changes that were not finished, and, while
/// there are none, what this program is for.
class StartPage : public QWidget {
    Q_OBJECT
public:
    StartPage(Services& services, Networks& networks, QWidget* parent = nullptr);
    /// Reads the lists again.
    void refresh();
    QWidget* first_input() const { return new_->isHidden() ? empty_action_ : new_; }

Q_SIGNALS:
    void new_wanted();
    void network_wanted();
    void vaults_wanted();
    void import_wanted();
    void folder_wanted();
    void project_wanted(const tau::flow::LocalProject& project);
    void resume_wanted(const QString& id, bool undo);
    void failed(const tau::Error& error);

private:
    struct Lists {
        Result<std::vector<flow::LocalProject>> projects;
        Result<std::vector<flow::Unfinished>> unfinished;
    };
    void show_lists(const Lists& lists);
    void show_unfinished(const std::vector<flow::Unfinished>& unfinished);
    void show_projects(const std::vector<flow::LocalProject>& projects);
    void show_network();
    void forget(const std::string& id);

    Services& services_;
    Networks& networks_;
    QPushButton* new_;
    QLabel* network_;
    EmptyState* empty_;
    Card* unfinished_;
    Card* projects_;
    QPushButton* empty_action_;
    Job job_;
};

} // namespace tau::ui
