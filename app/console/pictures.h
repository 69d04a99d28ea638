#pragma once

#include "ui/shell/main_window.h"

#include <QTimer>

#include <functional>
#include <vector>

namespace tau::app {

/// Goes through the real window from the start page to a registered, verified project, and keeps
/// a picture of each page, light and dark. The network it works on is changed by this.
class Pictures : public QObject {
    Q_OBJECT
public:
    /// `only_vaults`: the vault browser alone, and nothing is changed.
    Pictures(ui::MainWindow& window, QString folder, bool only_vaults);
    void start();

Q_SIGNALS:
    /// `problem` is empty when every picture was made.
    void finished(const QString& problem);

private:
    struct Scene {
        QString name;
        std::function<void()> act;
        std::function<bool()> ready;
    };
    void look();
    void vault_scenes(bool only_vaults);
    void wizard_scenes();
    void after_scenes();
    void configuration_scenes();
    void living_scenes();
    void change_scenes();
    void grow_project();
    bool keep(const QString& name);
    void next_scene();

    ui::MainWindow& window_;
    QString folder_;
    std::vector<Scene> scenes_;
    std::size_t scene_ = 0;
    int looks_ = 0;
    int settled_ = 0;
    int name_tries_ = 1;
    QTimer timer_;
};

} // namespace tau::app
